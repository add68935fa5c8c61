package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.BrokerProcess;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TcpProxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What goes wrong between the service and its broker. The test itself talks to the broker directly. */
@ResourceLock(FaultJob.ENGINE)
class NetworkFaultIT {
    private static final int ROUNDS = Battery.count("fault.rounds", 1);
    private static final int BURST = 40;
    private static final int FEW = 10;
    private static final long OUTBOX_BYTES = 8192;
    /** More than the outputs of one step, a removal's masks included. */
    private static final long ONE_STEP_BYTES = 8192;

    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private static TcpProxy proxy;
    private static BrokerProcess broker;

    private static final ExecutorService ORDERS = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void startBroker() throws Exception {
        proxy = new TcpProxy();
        broker = BrokerProcess.startBehind(
                proxy,
                directory.resolve("broker"),
                Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"));
    }

    @AfterAll
    static void stopBroker() {
        proxy.close();
        ORDERS.shutdownNow();
        broker.close();
    }

    @AfterEach
    void heal() {
        proxy.heal();
    }

    /** A service with its usual patience comes through all of this alive. */
    @Test
    void aSlowASilentAndALossyNetworkCostTimeOnly() throws Exception {
        int steps = ROUNDS * (FEW + BURST + FEW) + 1;
        long begin = System.nanoTime();
        FaultJob calm = calm("calm-patient", steps);
        var job = new FaultJob(
                "patient", directory.resolve("patient"), steps, Map.of("checkpoint.outbox-bytes", OUTBOX_BYTES));
        try (ServiceProcess service = ServiceProcess.start(job.write(proxy.address()))) {
            awaitTrained(service, 0);
            for (int round = 0; round < ROUNDS; round++) {
                int done = round * (FEW + BURST + FEW);
                slowLink(service, job, done);
                blackHole(service, job, done + FEW);
                lostAnswer(service, job, done + FEW + BURST);
            }
            job.feed(broker.bootstrapServers(), steps - 1, steps);
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        job.requireLike(calm, broker.bootstrapServers());
        Battery.ran(
                "slow-link+black-hole+lost-commit-answer",
                3L * ROUNDS,
                Duration.ofNanos(System.nanoTime() - begin),
                "byte-identical; no restart");
    }

    private static void slowLink(ServiceProcess service, FaultJob job, int done) throws Exception {
        Duration latency = ROUNDS > 1 ? Duration.ofSeconds(2) : Duration.ofMillis(700);
        proxy.slow(latency, 64 << 10);
        job.feed(broker.bootstrapServers(), done, done + FEW);
        awaitCommitted(service, done + FEW);
        assertThat(outboxBytes(service)).isLessThan(OUTBOX_BYTES + ONE_STEP_BYTES);
        proxy.heal();
    }

    /** The input is read ahead while the job is paused, so that there is something to train on in the hole. */
    private static void blackHole(ServiceProcess service, FaultJob job, int done) throws Exception {
        assertThat(service.post("pause").statusCode()).isEqualTo(200);
        long before = proxy.responseBytes();
        job.feed(broker.bootstrapServers(), done, done + BURST);
        long fed = FaultJob.values(done, done + BURST).stream()
                .mapToLong(value -> value.length)
                .sum();
        while (proxy.responseBytes() < before + fed) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        awaitSettledCommit(service);
        proxy.blackHole(done / FEW % 2 == 0 ? TcpProxy.Hole.BOTH : TcpProxy.Hole.RESPONSES);
        long dark = System.nanoTime();
        // Answered when it is committed, which is after the hole, or as still waiting after half a minute.
        Future<HttpResponse<String>> resumed = ORDERS.submit(() -> service.post("resume"));
        long full = standsStill(service);
        assertThat(full).as("trained in the dark").isGreaterThan(done).isLessThan(done + BURST);
        assertThat(outboxBytes(service)).isBetween(OUTBOX_BYTES, OUTBOX_BYTES + ONE_STEP_BYTES);
        Duration hole = Duration.ofSeconds(ROUNDS > 1 ? 5 + done % 56 : 5);
        TimeUnit.NANOSECONDS.sleep(hole.toNanos() - (System.nanoTime() - dark));
        assertThat(trained(service)).isEqualTo(full);
        assertThat(service.get("/health/liveness").statusCode()).isEqualTo(200);
        proxy.heal();
        awaitCommitted(service, done + BURST);
        assertThat(resumed.get().statusCode()).isIn(200, 202);
    }

    private static void lostAnswer(ServiceProcess service, FaultJob job, int done) throws Exception {
        int lost = proxy.commitAnswersLost();
        proxy.loseCommitAnswers(1);
        job.feed(broker.bootstrapServers(), done, done + FEW);
        awaitCommitted(service, done + FEW);
        assertThat(proxy.commitAnswersLost()).isEqualTo(lost + 1);
    }

    /**
     * A service that can't learn whether its commit counts ends with 75, and the next start reads the truth: here that it
     * did not, because the broker gave the transaction up before the request to commit it arrived; and here that it did,
     * because only the answer was lost.
     */
    @Test
    void aCommitInDoubtEndsTheProcessAndIsEitherKeptOrDoneAgain() throws Exception {
        int steps = ROUNDS * 2 * FEW + 1;
        long begin = System.nanoTime();
        FaultJob calm = calm("calm-doubtful", steps);
        var job = new FaultJob(
                "doubtful", directory.resolve("doubtful"), steps, Map.of("kafka.transaction-timeout", "3s"));
        int ends = 0;
        try (var supervisor = new Supervisor(job.write(proxy.address()))) {
            for (int round = 0; round < ROUNDS; round++) {
                lateCommit(supervisor, job, round * 2 * FEW);
                ends = requireOneMore(ends, supervisor);
                unansweredCommit(supervisor, job, round * 2 * FEW + FEW);
                ends = requireOneMore(ends, supervisor);
            }
            job.feed(broker.bootstrapServers(), steps - 1, steps);
            supervisor.awaitDone(LONG);
        }
        job.requireLike(calm, broker.bootstrapServers());
        Battery.ran(
                "commit-after-timeout+commit-unanswered",
                2L * ROUNDS,
                Duration.ofNanos(System.nanoTime() - begin),
                "byte-identical; ended with 75 each time");
    }

    private static int requireOneMore(int before, Supervisor supervisor) {
        assertThat(supervisor.restarts()).as(supervisor.service().log()).isGreaterThan(before);
        return supervisor.restarts();
    }

    /** The broker aborts the transaction while the request to commit it is on its way. */
    private static void lateCommit(Supervisor supervisor, FaultJob job, int done) throws Exception {
        supervisor.awaitHealth("readiness", 200, LONG);
        supervisor.awaitCommitted(done, LONG);
        int held = proxy.commitsHeld();
        proxy.holdCommits();
        job.feed(broker.bootstrapServers(), done, done + FEW);
        awaitTrue(() -> proxy.commitsHeld() > held);
        long from = System.nanoTime();
        Duration timeout = Duration.ofMillis(3800);
        while (System.nanoTime() - from < timeout.toNanos()) {
            assertThat(job.stepsSeen(broker.bootstrapServers()))
                    .as("visible while the commit is on its way")
                    .hasSize(done);
        }
        proxy.releaseCommits();
        supervisor.awaitCommitted(done + FEW, LONG);
    }

    /** The commit is asked for and takes place, and no answer to anything arrives any more. */
    private static void unansweredCommit(Supervisor supervisor, FaultJob job, int done) throws Exception {
        supervisor.awaitHealth("readiness", 200, LONG);
        proxy.holdCommits();
        int held = proxy.commitsHeld();
        job.feed(broker.bootstrapServers(), done, done + FEW);
        awaitTrue(() -> proxy.commitsHeld() > held);
        proxy.blackHole(TcpProxy.Hole.RESPONSES);
        proxy.releaseCommits();
        int restarts = supervisor.restarts();
        supervisor.await(status -> supervisor.restarts() > restarts, LONG);
        proxy.heal();
        supervisor.awaitCommitted(done + FEW, LONG);
    }

    private static FaultJob calm(String name, int steps) throws Exception {
        return new FaultJob(name, directory.resolve(name), steps, Map.of()).trainCalmly(broker.bootstrapServers());
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** The step at which training has stood still for a second. */
    private static long standsStill(ServiceProcess service) throws Exception {
        long step = trained(service);
        long since = System.nanoTime();
        while (System.nanoTime() - since < Duration.ofSeconds(1).toNanos()) {
            TimeUnit.MILLISECONDS.sleep(50);
            long now = trained(service);
            if (now != step) {
                step = now;
                since = System.nanoTime();
            }
        }
        return step;
    }

    private static void awaitTrained(ServiceProcess service, long step) throws Exception {
        await(
                service,
                status -> Supervisor.trained(status) == step
                        && status.path("runtime").path("restored").asBoolean());
    }

    private static void awaitCommitted(ServiceProcess service, long step) throws Exception {
        await(service, status -> Supervisor.committed(status) == step);
    }

    /** The cut that the order to pause asked for is through. */
    private static void awaitSettledCommit(ServiceProcess service) throws Exception {
        await(
                service,
                status -> status.path("phase").path("state").asText().equals("paused")
                        && Supervisor.committed(status) == Supervisor.trained(status));
    }

    private static void await(ServiceProcess service, Predicate<JsonNode> wanted) throws Exception {
        assertThat(service.awaitJob(wanted, LONG)).as(service.log()).isTrue();
    }

    private static long trained(ServiceProcess service) throws Exception {
        return Supervisor.trained(service.job().orElseThrow());
    }

    private static long outboxBytes(ServiceProcess service) throws Exception {
        return service.job().orElseThrow().path("commit").path("outboxBytes").asLong();
    }
}
