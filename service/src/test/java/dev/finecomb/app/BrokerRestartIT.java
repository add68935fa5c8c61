package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The broker goes away and comes back, in order and by SIGKILL, while records arrive and are trained on.
 *
 * <p>A process whose commit was not asked for yet outlives that: it is alive, not ready, and tries again. One that waits
 * for the answer to a commit for longer than four times its patience (half the transaction timeout, 30 s at most) cannot
 * know whether it counts; it ends with 75, and the next start reads the truth.
 */
@ResourceLock(FaultJob.ENGINE)
class BrokerRestartIT {
    private static final int EACH_KIND = Battery.count("restart.count", 2);
    private static final int RECORDS = 40;
    private static final Duration PACE = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration RESUMED = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void whatArrivesAroundARestartOfTheBrokerIsTrainedOnOnce() throws Exception {
        int steps = 2 * EACH_KIND * RECORDS + 1;
        Map<String, Object> settings = Map.of("kafka.transaction-timeout", "4s", "kafka.connect-timeout", "60s");
        long begin = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"), Map.of())) {
            String address = broker.bootstrapServers();
            FaultJob calm = new FaultJob("calm", directory.resolve("calm"), steps, Map.of()).trainCalmly(address);
            var job = new FaultJob("restarts", directory.resolve("restarts"), steps, settings);
            try (var supervisor = new Supervisor(job.write(address));
                    var feeder = producer(address)) {
                supervisor.awaitHealth("readiness", 200, LONG);
                for (int round = 0; round < 2 * EACH_KIND; round++) {
                    restartUnderLoad(broker, supervisor, new Load(feeder, job, round));
                }
                job.feed(address, steps - 1, steps);
                supervisor.awaitDone(LONG);
                job.requireLike(calm, address);
                Battery.ran(
                        "broker-restart",
                        2L * EACH_KIND,
                        Duration.ofNanos(System.nanoTime() - begin),
                        "byte-identical; processes ended with 75: " + supervisor.restarts());
            }
        }
    }

    /** There is nothing to commit, so that nothing but a look at the broker can tell. */
    @Test
    void aJobThatCaughtUpShowsThatItsBrokerIsAway() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"), Map.of())) {
            String address = broker.bootstrapServers();
            var job = new FaultJob("idle", directory.resolve("idle"), RECORDS, Map.of());
            try (var supervisor = new Supervisor(job.write(address))) {
                supervisor.awaitHealth("readiness", 200, LONG);
                job.feed(address, 0, 6);
                supervisor.awaitCommitted(6, LONG);
                broker.kill();
                supervisor.awaitHealth("readiness", 503, LONG);
                supervisor.awaitHealth("liveness", 200, LONG);
                broker.startAgain();
                supervisor.awaitHealth("readiness", 200, LONG);
                job.feed(address, 6, 9);
                supervisor.awaitCommitted(9, LONG);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String address) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** The records of one round; the producer keeps what the broker can't take. */
    private record Load(KafkaProducer<byte[], byte[]> producer, FaultJob job, int round) {
        Thread begin() throws Exception {
            List<byte[]> values = FaultJob.values(round * RECORDS, end());
            return Thread.ofVirtual().start(() -> {
                for (byte[] value : values) {
                    var _ = producer.send(new ProducerRecord<>(job.topic("batches"), 0, null, value));
                    pause();
                }
                producer.flush();
            });
        }

        int end() {
            return (round + 1) * RECORDS;
        }

        private static void pause() {
            try {
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void restartUnderLoad(BrokerProcess broker, Supervisor supervisor, Load load) throws Exception {
        Thread feeding = load.begin();
        supervisor.awaitCommitted(load.end() - RECORDS + 5, LONG);
        boolean inOrder = load.round() % 2 == 0;
        if (inOrder) {
            broker.stop();
        } else {
            broker.kill();
        }
        // The first of each kind lasts until it shows; the others are as short as can be.
        if (load.round() < 2) {
            order(supervisor);
            supervisor.awaitHealth("readiness", 503, LONG);
            supervisor.awaitHealth("liveness", 200, LONG);
        }
        broker.startAgain();
        long begin = System.nanoTime();
        supervisor.awaitCommitted(load.end(), LONG);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(RESUMED);
        feeding.join();
    }

    /** A cut, so that there is something to commit; nobody waits for the answer. */
    private static void order(Supervisor supervisor) {
        var service = supervisor.service();
        Thread.ofVirtual().start(() -> {
            try {
                service.post("checkpoint");
            } catch (IOException | InterruptedException endedOrBusy) {
                // The order is all that counts.
            }
        });
    }
}
