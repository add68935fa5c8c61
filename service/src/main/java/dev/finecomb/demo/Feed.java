package dev.finecomb.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * The demo's two ingredients, for a job that runs elsewhere: lays down the pre-trained network, and feeds the digits to a
 * job's batches topic. Both may be done again: the network is the same bytes, and what the topic holds is not sent twice.
 */
public final class Feed {
    private static final String USAGE = """
            usage: model FILE                     writes the pre-trained network
                   digits HOST:PORT JOB           sends 600 batches of digits in negative, once the job's topic is there""";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Feed() {}

    /** Arguments: see the usage. Exit code 0 done, 64 usage, 75 the topic did not appear. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        String verb = words.isEmpty() ? "" : words.getFirst();
        if (verb.equals("model") && words.size() == 2) {
            model(Path.of(words.get(1)));
        } else if (verb.equals("digits") && words.size() == 3) {
            System.exit(digits(words.get(1), "finecomb." + words.get(2) + ".batches"));
        } else {
            System.err.println(USAGE);
            System.exit(64);
        }
    }

    private static void model(Path file) throws IOException {
        Path half = file.resolveSibling(file.getFileName() + ".part");
        DemoSettings.copyModel(half);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        System.out.println("wrote " + file);
    }

    private static int digits(String bootstrapServers, String topic) throws InterruptedException {
        System.out.println("waiting for the topic " + topic + ", which the job makes ...");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (appears(bootstrapServers, topic)) {
                    long sent = new DigitsStream(Digits.load(), DemoSettings.SEED)
                            .produce(bootstrapServers, topic, DemoSettings.STEPS);
                    System.out.println("sent " + sent + " batches of 64 digits in negative to " + topic);
                    return 0;
                }
            } catch (ExecutionException | KafkaException | IOException | IllegalStateException notNow) {
                System.err.println("not yet: " + notNow.getMessage());
            }
            if (System.nanoTime() > end) {
                System.err.println("the topic " + topic + " on " + bootstrapServers + " could not be fed within "
                        + PATIENCE.toMinutes() + " minutes; is the job running, and with kafka.create-topics?");
                return 75;
            }
            Thread.sleep(500);
        }
    }

    private static boolean appears(String bootstrapServers, String topic)
            throws InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers, "default.api.timeout.ms", 10_000, "request.timeout.ms", 5_000);
        try (Admin admin = Admin.create(settings)) {
            return admin.listTopics().names().get().contains(topic);
        }
    }
}
