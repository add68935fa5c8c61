package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.Battery;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Command.Validity;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.protocol.message.Verb;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders by topic and HTTP to the packaged service, killed with kill -9 in the middle: each valid one is applied once. */
class CommandBatteryIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final long FIRST_SEED = 20260301;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path shared;

    static EmbeddedKafka broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyOrderIsAnsweredOnceAndEveryValidOneAppliedOnce() throws Exception {
        int rounds = Battery.count("fault.rounds", 1);
        int records = rounds == 1 ? 50 : 200;
        int kills = rounds == 1 ? 2 : 5;
        long begin = System.nanoTime();

        for (int round = 0; round < rounds; round++) {
            new Round(FIRST_SEED + round, records, kills).run();
        }

        Battery.ran(
                "commands",
                (long) rounds * records,
                Duration.ofNanos(System.nanoTime() - begin),
                "each answered once through " + kills + " kills a round");
    }

    /** A job's life under one seed. */
    private final class Round {
        private final long seed;
        private final int records;
        private final int kills;
        private final Random random;
        private final String job;

        Round(long seed, int records, int kills) {
            this.seed = seed;
            this.records = records;
            this.kills = kills;
            this.random = new Random(~seed);
            this.job = "orders-" + seed;
        }

        void run() throws Exception {
            Path settings = prepare(job, Map.of("checkpoint.every-steps", 3));
            List<byte[]> batches = JobWorld.batches(JobWorld.STEPS - 5);
            List<String> byHttp = List.of("http-first-1", "http-first-2", "http-first-3");
            List<OrderScript.Entry> script = OrderScript.of(topic(job, "commands"), seed, records, byHttp);
            List<String> expected = new ArrayList<>(
                    byHttp.stream().map(id -> id + " applied checkpoint").toList());
            int sent = 0;
            for (int segment = 0; segment <= kills; segment++) {
                try (ServiceProcess service = ServiceProcess.start(settings)) {
                    if (segment == 0) {
                        awaitStep(service, 0);
                        for (String id : byHttp) {
                            assertThat(post(service, "checkpoint", id).statusCode())
                                    .isEqualTo(200);
                        }
                    }
                    int end = records * (segment + 1) / (kills + 1);
                    List<OrderScript.Entry> now = script.subList(sent, end);
                    JobWorld.send(broker.bootstrapServers(), topic(job, "batches"), share(batches, segment));
                    JobWorld.send(
                            broker.bootstrapServers(),
                            now.stream().map(OrderScript.Entry::record).toList());
                    now.forEach(entry -> expected.add(entry.answer()));
                    sent = end;
                    int before = expected.size() - now.size();
                    if (segment < kills) {
                        awaitAnswers(service, before + random.nextInt(now.size() + 1));
                        service.kill();
                    } else {
                        awaitAnswers(service, expected.size());
                        requireRepeatsByHttpChangeNothing(service);
                        service.terminate();
                        assertThat(service.exitCode(LONG)).as(service.log()).isZero();
                    }
                }
            }
            requireAnswers(expected);
            requireStepsOnce(job);
        }

        private List<byte[]> share(List<byte[]> batches, int segment) {
            return batches.subList(
                    batches.size() * segment / (kills + 1), batches.size() * (segment + 1) / (kills + 1));
        }

        private void awaitAnswers(ServiceProcess service, int count) throws Exception {
            long deadline = System.nanoTime() + LONG.toNanos();
            while (answers(job).size() < count) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(
                            "seed " + seed + ": " + answers(job).size() + " of " + count + " answers within " + LONG
                                    + "; the log says\n" + service.log());
                }
                Thread.sleep(50);
            }
        }

        private void requireAnswers(List<String> expected) throws Exception {
            List<JobEvent> found = answers(job);
            assertThat(found).as("seed %d", seed).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(inWords(found.get(i)))
                        .as("seed %d, answer %d", seed, i)
                        .startsWith(expected.get(i));
            }
        }

        /** The same ids again, by HTTP: answered with the step of the first time, and no new event. */
        private void requireRepeatsByHttpChangeNothing(ServiceProcess service) throws Exception {
            List<JobEvent> before = answers(job);
            List<JobEvent> applied = before.stream()
                    .filter(event -> event.kind() == EventKind.COMMAND_APPLIED)
                    .toList();
            for (int i = 0; i < 3; i++) {
                JobEvent event = applied.get(random.nextInt(applied.size()));
                HttpResponse<String> answer = post(service, detail(event, "verb"), detail(event, "commandId"));
                assertThat(answer.statusCode())
                        .as("seed %d: %s", seed, answer.body())
                        .isEqualTo(200);
                assertThat(JSON.readTree(answer.body()).path("step").asLong())
                        .as("seed %d: %s", seed, answer.body())
                        .isEqualTo(event.origin().step());
            }
            assertThat(answers(job)).as("seed %d", seed).isEqualTo(before);
        }
    }

    @Test
    void aStopFromTheTopicIsNotMetAgainAndTheOrderedRateStays() throws Exception {
        Path settings = prepare("stopped", Map.of());
        List<byte[]> batches = JobWorld.batches(20);
        var rate = new Command(
                "rate", Verb.SET_LEARNING_RATE, Map.of(Command.LEARNING_RATE, Scalar.of(0.0125)), Validity.ALWAYS);
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitStep(service, 0);
            JobWorld.send(broker.bootstrapServers(), topic("stopped", "batches"), batches.subList(0, 8));
            awaitStep(service, 8);
            send("stopped", rate);
            await(service, status -> answersOf("stopped").contains("rate applied set-learning-rate"));
            JobWorld.send(broker.bootstrapServers(), topic("stopped", "batches"), batches.subList(8, 12));
            awaitStep(service, 12);
            send("stopped", Command.of("end", Verb.STOP), Command.of("after", Verb.PUBLISH_MASKS));
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            JobWorld.send(broker.bootstrapServers(), topic("stopped", "batches"), batches.subList(12, 20));
            awaitStep(service, 20);
            await(service, status -> answersOf("stopped").contains("after applied publish-masks"));
            assertThat(service.post("checkpoint").statusCode()).isEqualTo(200);
            service.terminate();
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }

        assertThat(answersOf("stopped"))
                .startsWith("rate applied set-learning-rate", "end applied stop", "after applied publish-masks")
                .hasSize(4);
        List<Double> rates = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read("stopped", "metrics")) {
            rates.add(StepMetrics.decode(record.value()).learning().learningRate());
        }
        assertThat(rates).hasSize(20);
        assertThat(rates.subList(0, 8)).containsOnly(0.1);
        assertThat(rates.subList(8, 20)).containsOnly(0.0125);
    }

    @Test
    void ordersThatWaitForTheFirstStartAreObeyedUnlessTheyExpired() throws Exception {
        Path settings = prepare("early", Map.of());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic("early", "commands"), 1, (short) 1)))
                    .all()
                    .get();
        }
        send(
                "early",
                new Command("late", Verb.STOP, Map.of(), new Validity(Validity.ANY_INCARNATION, Instant.EPOCH)),
                Command.of("halt", Verb.PAUSE));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            await(service, status -> status.path("phase").path("state").asText().equals("paused"));
            await(service, status -> answersOf("early").size() == 2);
            service.kill();
        }

        assertThat(answersOf("early"))
                .containsExactly("late refused expired at 1970-01-01T00:00:00Z", "halt applied pause");
    }

    private void send(String job, Command... commands) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Command command : commands) {
            records.add(new ProducerRecord<>(
                    topic(job, "commands"), 0, command.id().getBytes(StandardCharsets.UTF_8), command.encode()));
        }
        JobWorld.send(broker.bootstrapServers(), records);
    }

    private static HttpResponse<String> post(ServiceProcess service, String verb, String id) throws Exception {
        return service.post(verb, "{\"id\":\"" + id + "\",\"args\":{\"learningRate\":0.05}}");
    }

    private Path prepare(String job, Map<String, Object> more) throws Exception {
        Map<String, Object> settings =
                new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job)));
        settings.putAll(more);
        return JobWorld.write(settings, directory.resolve(job));
    }

    private static String topic(String job, String name) {
        return JobWorld.topic(job, name);
    }

    private static void await(ServiceProcess service, ServiceCondition wanted) throws InterruptedException {
        assertThat(service.awaitJob(wanted::holds, LONG)).as(service.log()).isTrue();
    }

    private interface ServiceCondition {
        boolean holds(JsonNode status);
    }

    private static void awaitStep(ServiceProcess service, long step) throws InterruptedException {
        await(
                service,
                status -> status.path("runtime").path("restored").asBoolean()
                        && status.path("commit").path("step").asLong(-1) == step
                        && status.path("commit").has("lastCommittedAt"));
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String job, String topic) {
        return TopicReader.readCommitted(broker.bootstrapServers(), topic(job, topic));
    }

    private static List<String> answersOf(String job) {
        try {
            return answers(job).stream().map(CommandBatteryIT::inWords).toList();
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JobEvent> answers(String job) throws MalformedMessageException {
        List<JobEvent> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read(job, "events")) {
            JobEvent event = JobEvent.decode(record.value());
            if (event.details().containsKey("commandId")) {
                answers.add(event);
            }
        }
        return answers;
    }

    private static String inWords(JobEvent event) {
        return event.details().containsKey("verb")
                ? detail(event, "commandId") + " applied " + detail(event, "verb")
                : detail(event, "commandId") + " refused " + detail(event, "reason");
    }

    private static String detail(JobEvent event, String name) {
        return event.details().get(name) instanceof Scalar.Text(String text) ? text : "?";
    }

    private static void requireStepsOnce(String job) throws Exception {
        List<Long> steps = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read(job, "metrics")) {
            steps.add(StepMetrics.decode(record.value()).origin().step());
        }
        assertThat(steps)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, steps.size()).boxed().toList());
    }
}
