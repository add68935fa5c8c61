package dev.finecomb.app;

import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Command.Validity;
import dev.finecomb.protocol.message.Verb;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records of the commands topic of every kind, shuffled by a seed, and the answer that each must get: valid ones, repeats,
 * expired ones, ones for another incarnation, and things that are no orders. The job is always before its last step, so
 * what is right depends on the records before only.
 */
final class OrderScript {
    private static final List<String> NO_ORDERS = List.of(
            "stop",
            "[]",
            "{\"verb\":\"stop\"}",
            "{\"id\":\"x\",\"verb\":\"explode\"}",
            "{\"id\":\"x\",\"verb\":\"set-learning-rate\"}",
            "{\"id\":\"x\",\"verb\":\"stop\",\"expiresAt\":\"never\"}",
            "{\"id\":\"x\",\"verb\":\"stop\",\"verb\":\"stop\"}",
            "{\"id\":\"x\",\"verb\":\"stop\"",
            "{\"id\":\"\",\"verb\":\"stop\"}",
            " ".repeat(CommandRecord.MAX_BYTES) + "{\"id\":\"x\",\"verb\":\"stop\"}");

    private final String topic;
    private final Random random;
    private final Set<String> applied;
    private final Set<String> known;
    private final List<Entry> entries = new ArrayList<>();
    private boolean paused;

    /**
     * One record.
     *
     * @param answer what the events must say about it: the command's id, and the verb or how the reason begins
     */
    record Entry(ProducerRecord<byte[], byte[]> record, String answer) {}

    private OrderScript(String topic, Random random, Set<String> applied) {
        this.topic = topic;
        this.random = random;
        this.applied = new HashSet<>(applied);
        this.known = new HashSet<>(applied);
    }

    /**
     * A script.
     *
     * @param applied ids that were applied before, by HTTP; each is sent by the topic too
     */
    static List<Entry> of(String topic, long seed, int records, List<String> applied) {
        OrderScript script = new OrderScript(topic, new Random(seed), Set.copyOf(applied));
        List<Command> commands = new ArrayList<>();
        applied.forEach(id -> commands.add(Command.of(id, Verb.CHECKPOINT)));
        int noOrders = records / 5;
        while (commands.size() < records - noOrders) {
            commands.add(script.command(commands));
        }
        Collections.shuffle(commands, script.random);
        int ordered = 0;
        for (int i = 0; i < records; i++) {
            boolean noOrder = i - ordered < noOrders && (script.random.nextInt(5) == 0 || ordered == commands.size());
            script.entries.add(noOrder ? script.noOrder(i) : script.entry(commands.get(ordered++)));
        }
        return script.entries;
    }

    private Command command(List<Command> before) {
        String id = "order-" + before.size();
        return switch (random.nextInt(10)) {
            case 0 -> Command.of(id, Verb.CHECKPOINT);
            case 1 -> Command.of(id, Verb.PUBLISH_MASKS);
            case 2 ->
                new Command(
                        id,
                        Verb.SET_LEARNING_RATE,
                        Map.of(Command.LEARNING_RATE, Scalar.of(random.nextDouble(0.01, 0.1))),
                        new Validity(Validity.ANY_INCARNATION, Instant.parse("2999-01-01T00:00:00Z")));
            case 3, 4 -> Command.of(id, Verb.PAUSE);
            case 5, 6 -> Command.of(id, Verb.RESUME);
            case 7 ->
                new Command(
                        id,
                        Verb.STOP,
                        Map.of(),
                        new Validity(Validity.ANY_INCARNATION, Instant.parse("2026-01-01T00:00:00Z")));
            case 8 -> new Command(id, Verb.STOP, Map.of(), new Validity("another", Instant.MAX));
            default -> before.isEmpty() ? Command.of(id, Verb.CHECKPOINT) : before.get(random.nextInt(before.size()));
        };
    }

    private Entry entry(Command command) {
        byte[] key = random.nextBoolean() ? command.id().getBytes(StandardCharsets.UTF_8) : null;
        var record = new ProducerRecord<byte[], byte[]>(topic, 0, key, command.encode());
        return new Entry(record, command.id() + " " + outcome(command));
    }

    private String outcome(Command command) {
        if (!known.add(command.id())) {
            return applied.contains(command.id())
                    ? "refused already applied at step "
                    : "refused already refused at step ";
        }
        if (!command.validity().expiresAt().isAfter(Instant.parse("2026-01-01T00:00:00Z"))) {
            return "refused expired at 2026-01-01T00:00:00Z";
        }
        if (!command.validity().incarnation().equals(Validity.ANY_INCARNATION)) {
            return "refused for another incarnation: another, the job's is ";
        }
        if (command.verb() == Verb.PAUSE && paused) {
            return "refused the job is paused, there is nothing to pause";
        }
        if (command.verb() == Verb.RESUME && !paused) {
            return "refused the job is ";
        }
        paused = command.verb() == Verb.PAUSE || (paused && command.verb() != Verb.RESUME);
        applied.add(command.id());
        return "applied " + command.verb().wireName();
    }

    private Entry noOrder(int offset) {
        int which = random.nextInt(NO_ORDERS.size() + 1);
        byte[] value = which == NO_ORDERS.size() ? null : NO_ORDERS.get(which).getBytes(StandardCharsets.UTF_8);
        byte[] key = switch (random.nextInt(3)) {
            case 0 -> ("no-order-" + offset).getBytes(StandardCharsets.UTF_8);
            case 1 -> new byte[] {(byte) 0xC3, 0x28};
            default -> null;
        };
        String name = key != null && key.length > 2 ? "no-order-" + offset : topic + "-0@" + offset;
        return new Entry(new ProducerRecord<byte[], byte[]>(topic, 0, key, value), name + " refused malformed: ");
    }
}
