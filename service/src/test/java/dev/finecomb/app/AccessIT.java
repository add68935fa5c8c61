package dev.finecomb.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.finecomb.Certificates;
import dev.finecomb.JobEnd;
import dev.finecomb.RecordingAuthorizer;
import dev.finecomb.SecuredBroker;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.cli.Finecomb;
import dev.finecomb.config.ClientPropertiesFile;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.ClientProperties;
import dev.finecomb.security.Grant;
import dev.finecomb.security.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What the documents say has to be granted is enough, and none of it is too much: each grant is used by a request in the life of
 * a job, and each that is taken away ends a start with its name.
 */
@Timeout(180)
@ResourceLock(FaultJob.ENGINE)
class AccessIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int FEW = 10;
    private static final String PASSWORD = "hunter2";

    @TempDir
    static Path directory;

    private static SecuredBroker broker;
    private static String address;
    private static FaultJob calm;

    @BeforeAll
    static void startBroker() throws Exception {
        Certificates authority = Certificates.authority(directory, "authority").sign("broker");
        broker = SecuredBroker.start(
                directory.resolve("broker"),
                authority.keyStore("broker", directory.resolve("broker.p12")),
                Certificates.trustStore(directory.resolve("trust.p12"), authority),
                Map.of());
        address = broker.bootstrapServers(SecuredBroker.PASSWORDS);
        Path secret = Files.createDirectories(directory.resolve("secret"));
        authority.pemTrustStore(secret.resolve("ca.pem"));
        Files.writeString(secret.resolve("password"), PASSWORD);
        calm = new FaultJob("calm", directory.resolve("calm"), JobWorld.STEPS, Map.of())
                .trainCalmly(broker.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** Somebody who may do nothing yet, and the properties by which his clients say who they are. */
    private static Path user(String name) throws Exception {
        broker.setPassword(name, PASSWORD);
        Path secret = directory.resolve("secret");
        return Files.writeString(directory.resolve(name + ".properties"), """
                security.protocol=SASL_SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%1$s/ca.pem
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
                  username="%2$s" password="${directory:%1$s:password}";
                """.formatted(secret, name));
    }

    private static FaultJob job(String name, Map<String, Object> more) throws Exception {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("kafka.properties-file", user(name).toString());
        settings.putIfAbsent("kafka.create-topics", false);
        settings.put("kafka.transaction-timeout", "4s");
        settings.put("kafka.connect-timeout", "5s");
        return new FaultJob(name, directory.resolve(name), JobWorld.STEPS, settings);
    }

    private static String principal(FaultJob job) {
        return "User:" + job.name();
    }

    private static Topics topics(FaultJob job) {
        return new Topics("finecomb", job.name());
    }

    private static void createTopics(FaultJob job) {
        assertThat(run("topics", "create", "--job", job.name(), "--bootstrap-servers", broker.bootstrapServers())
                        .exitCode())
                .isZero();
    }

    private record Run(int exitCode, String out, String complaints) {}

    private static Run run(String... words) {
        var out = new StringWriter();
        var complaints = new StringWriter();
        int code = Finecomb.run(List.of(words), new PrintWriter(out), new PrintWriter(complaints));
        return new Run(code, out.toString(), complaints.toString());
    }

    /** A command as the user gives it. */
    private static Run runAs(String user, String job, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--job", job, "--bootstrap-servers", address, "--timeout", "20s"));
        all.addAll(List.of("--config", directory.resolve(user + ".properties").toString()));
        return run(all.toArray(String[]::new));
    }

    /** Starts the job, which must end with 78, and returns what it says. */
    private static String refused(FinecombConfig config) throws Exception {
        try (JobThread thread = JobThread.start(config)) {
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.CONFIGURATION);
            return thread.failure();
        }
    }

    private static void requireNamed(String said, Grant grant, String principal) {
        List<String> command = List.of(
                Grant.commands(Set.of(grant), address, principal).getFirst().split(" "));
        assertThat(said).contains(grant.text(), principal).doesNotContain(PASSWORD);
        // Of a topic that may not even be looked at the broker does not tell which right is there.
        assertThat(said.lines().map(line -> List.of(line.strip().split(" "))))
                .anySatisfy(line -> assertThat(line).containsSubsequence(command));
    }

    /** The grants that some request needed. */
    private static SortedSet<Grant> used(String principal, SortedSet<Grant> granted) {
        Set<RecordingAuthorizer.Use> uses = RecordingAuthorizer.uses();
        return granted.stream()
                .filter(grant ->
                        uses.contains(new RecordingAuthorizer.Use(principal, grant.operation(), grant.resource())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Trains, refuses a record, stops, starts again and finishes. */
    private static void live(FaultJob job) throws Exception {
        try (JobThread thread = JobThread.start(job.config(address))) {
            thread.awaitRestored();
            JobWorld.send(broker.bootstrapServers(), job.topic("batches"), List.of("no batch".getBytes(UTF_8)));
            job.feed(broker.bootstrapServers(), 0, FEW);
            thread.awaitCommitted(FEW);
            assertThat(thread.stop()).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
        try (JobThread thread = JobThread.start(job.config(address))) {
            thread.awaitRestored();
            job.feed(broker.bootstrapServers(), FEW, job.steps());
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    void theServiceLivesOnItsListAndUsesAllOfItAndMissesEach() throws Exception {
        FaultJob job = livedOnItsList(KafkaConfig.Delivery.EXACTLY_ONCE, "exactly-once");
        for (Grant grant : Role.SERVICE.grants(topics(job), KafkaConfig.Delivery.EXACTLY_ONCE)) {
            broker.revoke(principal(job), Set.of(grant));
            requireNamed(refused(job.config(address)), grant, principal(job));
            broker.grant(principal(job), Set.of(grant));
        }
    }

    @Test
    void withoutTransactionsTheListIsShorterAndWhoAuditsReadsWhatTheJobReadAndWrote() throws Exception {
        FaultJob job = livedOnItsList(KafkaConfig.Delivery.AT_LEAST_ONCE, "at-least-once");
        assertThat(Role.SERVICE.grants(topics(job), KafkaConfig.Delivery.AT_LEAST_ONCE))
                .noneMatch(grant -> grant.type() == ResourceType.TRANSACTIONAL_ID);
        requireNoGrantTooMany(Role.AUDITOR, job.name(), "ledger", "--delivery", "at-least-once");
    }

    private static FaultJob livedOnItsList(KafkaConfig.Delivery delivery, String word) throws Exception {
        FaultJob job = job(word, Map.of("kafka.delivery", word));
        SortedSet<Grant> grants = Role.SERVICE.grants(topics(job), delivery);
        createTopics(job);
        broker.grant(principal(job), grants);

        live(job);

        JobEnd.requireSameModel(
                calm.directory().resolve("export"), job.directory().resolve("export"));
        JobEnd.requireEachStepOnce(broker.bootstrapServers(), job.name(), job.steps());
        // The past metrics are read beside the training.
        await().untilAsserted(() -> assertThat(used(principal(job), grants)).containsExactlyElementsOf(grants));
        return job;
    }

    @Test
    void everythingThatIsMissingIsSaidAtOnce() throws Exception {
        FaultJob job = job("nobody", Map.of());
        createTopics(job);

        String said = refused(job.config(address));

        Role.SERVICE
                .grants(topics(job), KafkaConfig.Delivery.EXACTLY_ONCE)
                .forEach(grant -> assertThat(said).contains(grant.text()));
        assertThat(said.lines().filter(line -> line.contains("kafka-acls.sh"))).hasSize(10);
    }

    @Test
    void theServiceMakesItsTopicsOnTheLongerListAndMissesEachOfIt() throws Exception {
        FaultJob job = job("creating", Map.of("kafka.create-topics", true));
        SortedSet<Grant> grants = Role.SERVICE_CREATING_TOPICS.grants(topics(job), KafkaConfig.Delivery.EXACTLY_ONCE);
        broker.grant(principal(job), grants);
        List<Grant> creating = grants.stream()
                .filter(grant -> grant.operation() == AclOperation.CREATE)
                .toList();
        assertThat(creating).hasSize(8);
        for (Grant absent : creating) {
            // Topics of another prefix: those of this one exist from the first on.
            String prefix = "lacking-" + creating.indexOf(absent);
            FaultJob lacking = job("creating", Map.of("kafka.create-topics", true, "kafka.prefix", prefix));
            SortedSet<Grant> all = Role.SERVICE_CREATING_TOPICS.grants(
                    new Topics(prefix, job.name()), KafkaConfig.Delivery.EXACTLY_ONCE);
            Grant wanted = new Grant(
                    AclOperation.CREATE, ResourceType.TOPIC, absent.name().replaceFirst("finecomb", prefix));
            broker.grant(
                    principal(job),
                    all.stream().filter(grant -> !grant.equals(wanted)).toList());
            requireNamed(refused(lacking.config(address)), wanted, principal(job));
        }

        live(job);

        JobEnd.requireSameModel(
                calm.directory().resolve("export"), job.directory().resolve("export"));
        Set<String> shared = Set.of(topics(job).checkpoints(), topics(job).models());
        assertThat(used(principal(job), grants))
                .containsAll(grants.stream()
                        .filter(grant -> grant.operation() == AclOperation.CREATE && !shared.contains(grant.name()))
                        .toList());
    }

    /** What every commit of a job needs. */
    private static List<Grant> neededAllTheTime(Topics topics) {
        return List.of(
                new Grant(AclOperation.READ, ResourceType.TOPIC, topics.batches()),
                new Grant(AclOperation.WRITE, ResourceType.TOPIC, topics.metrics()),
                new Grant(AclOperation.WRITE, ResourceType.TOPIC, topics.checkpoints()),
                new Grant(AclOperation.READ, ResourceType.GROUP, topics.owner()),
                new Grant(AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, topics.owner()));
    }

    /** One job loses one right after another, and each time goes on where it was once it has it again. */
    @Test
    void aRightThatIsTakenAwayUnderARunningJobEndsItByNameAndOnceGrantedAgainTheJobGoesOn() throws Exception {
        FaultJob job = job("revoked", Map.of());
        createTopics(job);
        broker.grant(principal(job), Role.SERVICE.grants(topics(job), KafkaConfig.Delivery.EXACTLY_ONCE));
        int fed = 0;
        for (Grant grant : neededAllTheTime(topics(job))) {
            try (JobThread thread = JobThread.start(job.config(address))) {
                thread.awaitRestored();
                job.feed(broker.bootstrapServers(), fed, fed + 2);
                thread.awaitCommitted(fed + 2);
                broker.revoke(principal(job), Set.of(grant));
                job.feed(broker.bootstrapServers(), fed + 2, fed + 4);
                fed += 4;
                ExitCode code = thread.end(LONG);
                assertThat(code).as(grant + ": " + thread.failure()).isEqualTo(ExitCode.CONFIGURATION);
                requireNamed(thread.failure(), grant, principal(job));
            }
            JobEnd.requireEachStepOnce(broker.bootstrapServers(), job.name(), fed - 2);
            broker.grant(principal(job), Set.of(grant));
        }
        job.feed(broker.bootstrapServers(), fed, job.steps());
        try (JobThread thread = JobThread.start(job.config(address))) {
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
        job.requireLike(calm, broker.bootstrapServers());
    }

    /** A command of a role, by a user of his own who has just his role's grants, and then each time all but one of them. */
    private static void requireNoGrantTooMany(Role role, String job, String... words) throws Exception {
        user(role.word());
        String principal = "User:" + role.word();
        SortedSet<Grant> grants = role.grants(new Topics("finecomb", job), KafkaConfig.Delivery.EXACTLY_ONCE);
        broker.grant(principal, grants);
        Run whole = runAs(role.word(), job, words);
        assertThat(whole.exitCode()).as(whole.out() + whole.complaints()).isZero();
        assertThat(used(principal, grants)).containsExactlyElementsOf(grants);
        for (Grant grant : grants) {
            broker.revoke(principal, Set.of(grant));
            Run lacking = runAs(role.word(), job, words);
            assertThat(lacking.exitCode())
                    .as(grant + lacking.out() + lacking.complaints())
                    .isEqualTo(78);
            requireNamed(lacking.out() + lacking.complaints(), grant, principal);
            broker.grant(principal, Set.of(grant));
        }
    }

    @Test
    void whoReadsMasksNeedsThatTopicAlone() throws Exception {
        requireNoGrantTooMany(
                Role.MASK_SUBSCRIBER,
                calm.name(),
                "mask",
                "export",
                "--force",
                "--out",
                directory.resolve("masks.safetensors").toString());
    }

    @Test
    void whoLooksAtTopicsNeedsTwoRightsOnEach() throws Exception {
        requireNoGrantTooMany(Role.TOPIC_VIEWER, calm.name(), "topics", "show", "--max-record-bytes", "8192");
    }

    @Test
    void whoSendsBatchesWritesThatTopicAlone() throws Exception {
        createTopics(job("fed", Map.of()));
        Path batch = Files.write(
                directory.resolve("batch.safetensors"), FaultJob.values(0, 1).getFirst());
        requireNoGrantTooMany(Role.PRODUCER, "fed", "produce", batch.toString());
    }

    @Test
    void whoSendsDeadLettersAnewReadsThemAndWritesBatches() throws Exception {
        createTopics(job("repaired", Map.of()));
        refuseOne("repaired");
        requireNoGrantTooMany(Role.REPLAYER, "repaired", "dead-letters", "replay", "--all", "--yes");
    }

    /** A dead letter of a job that nobody runs. */
    private static void refuseOne(String job) throws Exception {
        var topics = new Topics("finecomb", job);
        var record = new ProducerRecord<byte[], byte[]>(topics.deadLetters(), "no batch".getBytes(UTF_8));
        new DeadLetter(new TopicPartition(topics.batches(), 0), 0, new Origin(job, "i1", 1), "BAD_MAGIC", "test", "no")
                .addTo(record.headers());
        JobWorld.send(broker.bootstrapServers(), List.of(record));
    }

    @Test
    void whoSendsOrdersWritesThatTopicAlone() throws Exception {
        createTopics(job("ordered", Map.of()));
        Path properties = user("commander");
        var topics = new Topics("finecomb", "ordered");
        SortedSet<Grant> grants = Role.COMMANDER.grants(topics, KafkaConfig.Delivery.EXACTLY_ONCE);
        Map<String, Object> settings = new HashMap<>(ClientProperties.completed(ClientPropertiesFile.read(properties)));
        settings.put("bootstrap.servers", address);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var order = new ProducerRecord<byte[], byte[]>(topics.commands(), "{}".getBytes(UTF_8));
            assertThatThrownBy(() -> producer.send(order).get()).hasCauseInstanceOf(TopicAuthorizationException.class);
            broker.grant("User:commander", grants);
            assertThat(producer.send(order).get().hasOffset()).isTrue();
        }
    }

    /** As KEDA looks: the topic's partitions and ends, and the group's offsets. */
    @Test
    void whoScalesTheJobDescribesItsInputAndItsGroup() throws Exception {
        Map<String, Object> settings =
                new HashMap<>(ClientProperties.completed(ClientPropertiesFile.read(user("scaler"))));
        settings.put("bootstrap.servers", address);
        SortedSet<Grant> grants = Role.SCALER.grants(topics(calm), KafkaConfig.Delivery.EXACTLY_ONCE);
        broker.grant("User:scaler", grants);
        try (Admin admin = Admin.create(settings)) {
            assertThat(lag(admin, topics(calm))).isZero();
            assertThat(used("User:scaler", grants)).containsExactlyElementsOf(grants);
            for (Grant grant : grants) {
                broker.revoke("User:scaler", Set.of(grant));
                assertThatThrownBy(() -> lag(admin, topics(calm)))
                        .as(grant.text())
                        .hasCauseInstanceOf(AuthorizationException.class);
                broker.grant("User:scaler", Set.of(grant));
            }
        }
    }

    private static long lag(Admin admin, Topics topics) throws Exception {
        var input = new TopicPartition(topics.batches(), 0);
        assertThat(admin.describeTopics(List.of(input.topic())).allTopicNames().get())
                .hasSize(1);
        long end = admin.listOffsets(Map.of(input, OffsetSpec.latest()))
                .partitionResult(input)
                .get()
                .offset();
        OffsetAndMetadata committed = admin.listConsumerGroupOffsets(topics.owner())
                .partitionsToOffsetAndMetadata()
                .get()
                .get(input);
        return end - Objects.requireNonNull(committed, "no offset of the group").offset();
    }

    @Test
    void whoCreatesTopicsNeedsThreeRightsOnEach() throws Exception {
        user("creator");
        SortedSet<Grant> all =
                Role.TOPIC_CREATOR.grants(new Topics("whole", "made"), KafkaConfig.Delivery.EXACTLY_ONCE);
        broker.grant("User:creator", all);
        Run whole = runAs("creator", "made", "topics", "create", "--prefix", "whole");
        assertThat(whole.exitCode()).as(whole.complaints()).isZero();
        assertThat(used("User:creator", all)).containsExactlyElementsOf(all);
        for (int i = 0; i < all.size(); i++) {
            // Topics that exist need no right to be made.
            List<Grant> grants = List.copyOf(
                    Role.TOPIC_CREATOR.grants(new Topics("part-" + i, "made"), KafkaConfig.Delivery.EXACTLY_ONCE));
            Grant lacking = grants.get(i);
            broker.grant(
                    "User:creator",
                    grants.stream().filter(grant -> !grant.equals(lacking)).toList());
            Run part = runAs("creator", "made", "topics", "create", "--prefix", "part-" + i);
            assertThat(part.exitCode())
                    .as(lacking + part.out() + part.complaints())
                    .isEqualTo(78);
            assertThat(part.complaints()).contains(lacking.text(), "User:creator");
        }
    }

    @Test
    void theDoctorNamesWhatIsMissing() throws Exception {
        user("doctor");
        SortedSet<Grant> grants = Role.DOCTOR.grants(topics(calm), KafkaConfig.Delivery.EXACTLY_ONCE);
        broker.grant("User:doctor", grants);
        Run whole = runAs("doctor", calm.name(), "doctor", "--max-record-bytes", "8192");
        assertThat(whole.exitCode()).as(whole.out()).isZero();
        assertThat(whole.out()).contains("ok    transactions", "ok    rights");

        List<Grant> some = List.of(
                new Grant(AclOperation.READ, ResourceType.GROUP, topics(calm).owner()),
                new Grant(
                        AclOperation.WRITE,
                        ResourceType.TRANSACTIONAL_ID,
                        topics(calm).owner()),
                new Grant(
                        AclOperation.DESCRIBE_CONFIGS,
                        ResourceType.TOPIC,
                        topics(calm).models()));
        broker.revoke("User:doctor", some);
        Run part = runAs("doctor", calm.name(), "doctor", "--max-record-bytes", "8192");
        assertThat(part.exitCode()).as(part.out()).isEqualTo(78);
        some.forEach(grant -> requireNamed(part.out(), grant, "User:doctor"));
        assertThat(part.out()).contains("fail  rights", "warn  topics");
    }
}
