package dev.finecomb.loop;

import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A record of the commands topic.
 *
 * @param verb what is ordered; empty if the record is malformed
 */
record SimOrder(String id, Optional<Verb> verb) {
    static final String TOPIC_ID = "commands";
    private static final List<Verb> VERBS = List.of(Verb.PAUSE, Verb.RESUME, Verb.CHECKPOINT);

    /** None in half of the schedules; else some, repeats and malformed ones among them, and at last one to go on. */
    static List<SimOrder> draw(RandomGenerator random) {
        List<SimOrder> orders = new ArrayList<>();
        if (random.nextBoolean()) {
            return orders;
        }
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            orders.add(draw(random, orders));
        }
        orders.add(new SimOrder("last", Optional.of(Verb.RESUME)));
        return orders;
    }

    private static SimOrder draw(RandomGenerator random, List<SimOrder> before) {
        double luck = random.nextDouble();
        if (luck < 0.25 && !before.isEmpty()) {
            return before.get(random.nextInt(before.size()));
        }
        Optional<Verb> verb = luck < 0.35 ? Optional.empty() : Optional.of(VERBS.get(random.nextInt(VERBS.size())));
        return new SimOrder("order " + before.size(), verb);
    }

    CommandRecord at(long offset) {
        CommandRecord.Content content = verb.<CommandRecord.Content>map(
                        what -> new CommandRecord.Order(Command.of(id, what)))
                .orElseGet(() -> new CommandRecord.Malformed(id, "no order"));
        return new CommandRecord(TOPIC_ID, offset, content);
    }
}
