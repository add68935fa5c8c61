package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.Stores;
import dev.finecomb.control.Mailboxes;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.publish.Publishers;
import dev.finecomb.publish.TransactionalPublisher;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.status.Boards;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StatusBoard;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** A process of the service: the real start and loop on simulated threads, over the fakes. */
final class SimProcess {
    private static final Fingerprints FINGERPRINTS =
            new Fingerprints(Sha256.hex(new byte[] {1}), Sha256.hex(new byte[] {2}));

    private final SimWorld world;
    private final SimArrivals arrivals;
    private final int number;
    private final List<SimThread> threads = new ArrayList<>();
    private Optional<TrainingLoop> loop = Optional.empty();
    private boolean alive = true;
    private long frozenUntil;

    SimProcess(SimWorld world, SimArrivals arrivals, int number) {
        this.world = world;
        this.arrivals = arrivals;
        this.number = number;
        newThread("training", this::main);
    }

    SimThread newThread(String name, Runnable body) {
        SimThread thread = new SimThread(this, name, body);
        threads.add(thread);
        return thread;
    }

    /** The whole life, as the service's own runner leads it. */
    private void main() {
        try {
            runJob();
            end("ends with 0");
        } catch (InterruptedException e) {
            end("was interrupted");
        } catch (RestartLaterException | IOException e) {
            end("ends with 75: " + e.getMessage());
        } catch (OperatorNeededException e) {
            throw new InvariantViolation("liveness", this + " wants an operator: " + e.getMessage());
        } catch (InvariantViolation e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            InvariantViolation unforeseen = new InvariantViolation("liveness", this + " met the unforeseen: " + e);
            unforeseen.initCause(e);
            throw unforeseen;
        }
    }

    private void end(String how) {
        world.log(() -> this + " " + how);
        die();
    }

    private void runJob() throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        Host host = new SimHost();
        try (var trainer = new SimTrainer(world);
                var source = new SimSource(world, arrivals);
                var publisher = Publishers.over(new SimProducer(world, this), SimPlan.KAFKA, host.clock())) {
            run(host, trainer, source, publisher);
        }
    }

    private void run(Host host, SimTrainer trainer, SimSource source, TransactionalPublisher publisher)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        LoopSettings settings = world.plan.settings(world.disk.store());
        var identity = new JobIdentity("sim", "", "2:4", "", "", "simulation");
        var verdict = new LayerVerdict(SimTrainer.LAYER.parameter(), List.of(2L, 4L), true, "simulated");
        var status = new StatusReporter(
                Boards.around(new StatusBoard(JobStatus.starting(identity, Instant.EPOCH))),
                host.clock(),
                List.of(verdict),
                settings.plannedSteps(),
                trainer.combinations());
        var parts = new LoopParts(
                trainer,
                source,
                store(),
                publisher,
                new SimExport(world),
                new OrderSources(Mailboxes.over(new SimCommands.Mailbox(world)), new SimCommands(world)));
        var start = new JobStart(parts, settings, SimPlan.TOPICS, FINGERPRINTS, status, host);
        try (TrainingLoop training = start.begin(new SimReader(world, this), () -> "i" + number)) {
            loop = Optional.of(training);
            training.run();
        }
    }

    private CheckpointStore store() {
        CheckpointStore real = Stores.open(world.disk.store(), new Tokens()::next);
        return world.plan.broken().isEmpty() ? real : new SimStore(world.plan, real);
    }

    /** Kill -9: nothing of it runs any more. */
    void die() {
        alive = false;
        world.network.died(this);
    }

    boolean isAlive() {
        return alive;
    }

    /** Stands still, and with it everything that it sends by itself. */
    void freeze(long nanos) {
        frozenUntil = world.now() + nanos;
    }

    void thaw() {
        frozenUntil = 0;
    }

    boolean isFrozen() {
        return world.now() < frozenUntil;
    }

    long frozenUntil() {
        return frozenUntil;
    }

    /** SIGTERM. Before the loop runs it interrupts the start. */
    void stop() {
        loop.ifPresentOrElse(TrainingLoop::requestStop, threads.getFirst()::interrupt);
    }

    void addRunnableTo(List<SimThread> runnable) {
        for (SimThread thread : threads) {
            if (thread.isRunnable(world.now())) {
                runnable.add(thread);
            }
        }
    }

    long nextWake() {
        long next = Long.MAX_VALUE;
        for (SimThread thread : threads) {
            next = Math.min(next, thread.wakeAt());
        }
        return next;
    }

    @Override
    public String toString() {
        return "process " + number;
    }

    private final class Tokens {
        private int used;

        String next() {
            used++;
            return number + "." + used;
        }
    }

    /** Simulated time and threads. */
    private final class SimHost implements Host {
        @Override
        public InstantSource clock() {
            return () -> Instant.EPOCH.plusNanos(world.now());
        }

        @Override
        public long nanoTime() {
            return world.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            world.await("sleep", () -> false, duration.toNanos());
            world.throwIfInterrupted();
        }

        @Override
        public ExecutorService newThread(String name) {
            return new SimExecutor(world, SimProcess.this, name);
        }
    }
}
