package dev.finecomb.app;

import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.ConfigFingerprint;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.Place;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.loop.Host;
import dev.finecomb.loop.JobStart;
import dev.finecomb.loop.LoopParts;
import dev.finecomb.loop.LoopSettings;
import dev.finecomb.loop.OrderSources;
import dev.finecomb.loop.StatusReporter;
import dev.finecomb.loop.TrainingLoop;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.sparsity.NonFiniteSaliencyException;
import dev.finecomb.sparsity.UnmatchedGlobException;
import dev.finecomb.status.Boards;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.storage.ObjectStorageException;
import dev.finecomb.storage.UnfitStorageException;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import dev.finecomb.training.UnprunableModelException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the job from its model file to its end, and turns every way it can end into an exit code. Parts are
 * closed in the reverse order of their start.
 */
final class JobRunner {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final FinecombConfig config;
    private final JobFactory factory;
    private final StatusBoard board;
    private final Boards boards;
    private final CommandMailbox mailbox;
    private final InstantSource clock;
    private final Supplier<String> incarnations;
    private Optional<Thread> starting = Optional.empty();
    private Optional<TrainingLoop> running = Optional.empty();
    private boolean stopRequested;

    JobRunner(
            FinecombConfig config,
            JobFactory factory,
            Boards boards,
            CommandMailbox mailbox,
            InstantSource clock,
            Supplier<String> incarnations) {
        this.config = config;
        this.factory = factory;
        this.boards = boards;
        this.board = boards.status();
        this.mailbox = mailbox;
        this.clock = clock;
        this.incarnations = incarnations;
    }

    /** Asks for a cut and an end, from any thread; before the first step there is nothing to cut. */
    synchronized void requestStop() {
        stopRequested = true;
        running.ifPresentOrElse(TrainingLoop::requestStop, () -> starting.ifPresent(Thread::interrupt));
    }

    private synchronized boolean mayStart() {
        starting = Optional.of(Thread.currentThread());
        return !stopRequested;
    }

    private synchronized void started(TrainingLoop loop) {
        starting = Optional.empty();
        running = Optional.of(loop);
        if (stopRequested) {
            loop.requestStop();
        }
    }

    /** Runs the job on the calling thread until it ends. */
    ExitCode run() {
        try {
            if (mayStart()) {
                runJob();
            }
            return ExitCode.DONE;
        } catch (InterruptedException e) {
            return stopped();
        } catch (RestartLaterException e) {
            return ended(ExitCode.RETRY, e);
        } catch (OperatorNeededException | UnreadableModelException | UnprunableModelException e) {
            return ended(ExitCode.CONFIGURATION, e);
        } catch (UnfitStorageException e) {
            return ended(ExitCode.CONFIGURATION, e);
        } catch (ObjectStorageException e) {
            return ended(ExitCode.RETRY, e);
        } catch (IOException e) {
            return ended(
                    ExitCode.RETRY,
                    new IOException(
                            "the directory " + config.nearby() + " can't be used: " + e
                                    + ". Make it readable and writable, and give it room.",
                            e));
        } catch (NonFiniteSaliencyException e) {
            return ended(
                    ExitCode.CONFIGURATION,
                    new OperatorNeededException(
                            e.getMessage() + "; lower finecomb.training.learning-rate.base or set"
                                    + " finecomb.training.gradient-clip, under a new job name",
                            e));
        } catch (RuntimeException e) {
            if (stoppedWhileStarting()) {
                return stopped();
            }
            // Not foreseen: the stack trace is the message. Nothing uncommitted survives, so another start is safe.
            LOG.error("the job ended unexpectedly", e);
            board.update(status -> status.with(status.phase().failed(e.toString(), clock.instant())));
            return ExitCode.RETRY;
        }
    }

    /** A start that is told to stop is interrupted, and whatever it was at fails in its own words. */
    private synchronized boolean stoppedWhileStarting() {
        return stopRequested && running.isEmpty();
    }

    private static ExitCode stopped() {
        LOG.info("stopped before the first step");
        return ExitCode.DONE;
    }

    private ExitCode ended(ExitCode exitCode, Exception cause) {
        if (stoppedWhileStarting()) {
            return stopped();
        }
        // A loop that failed has said so, where it chose its reaction.
        if (board.current().phase().state() != StateName.FAILED) {
            String message = String.valueOf(cause.getMessage());
            LOG.error("{}", message);
            board.update(status -> status.with(status.phase().failed(message, clock.instant())));
        }
        return exitCode;
    }

    private void runJob()
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException,
                    UnreadableModelException, UnprunableModelException {
        var stages = new StartStages(System::nanoTime, sinceProcessStart());
        try (Connecting connecting = Connecting.begin(factory, stages)) {
            long began = stages.begin();
            ModelLoader.Loaded loaded = factory.load();
            TrainerAssembly.Assembled assembled = assemble(loaded);
            try (Trainer owned = assembled.trainer();
                    Trainer trainer = factory.watched(owned)) {
                identify(loaded, trainer);
                assembled.verdicts().forEach(JobRunner::log);
                stages.end("model", began);
                Connecting.Connected kafka = connecting.await();
                var parts = new LoopParts(
                        trainer,
                        kafka.source(),
                        factory.store(),
                        kafka.publisher(),
                        factory.export(loaded, assembled.verdicts()),
                        new OrderSources(mailbox, kafka.commands()));
                runLoop(parts, loaded, assembled, stages);
            }
        }
    }

    private Duration sinceProcessStart() {
        Instant now = clock.instant();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }

    private TrainerAssembly.Assembled assemble(ModelLoader.Loaded loaded)
            throws OperatorNeededException, UnprunableModelException {
        try {
            return factory.assemble(loaded);
        } catch (UnmatchedGlobException e) {
            throw new OperatorNeededException(
                    e.getMessage() + "; correct it in finecomb.sparsity.include or finecomb.sparsity.exclude", e);
        } catch (IllegalArgumentException e) {
            throw new OperatorNeededException(String.valueOf(e.getMessage()), e);
        }
    }

    private void runLoop(
            LoopParts parts, ModelLoader.Loaded loaded, TrainerAssembly.Assembled assembled, StartStages stages)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        LoopSettings settings = LoopSettings.of(config);
        var status = new StatusReporter(
                boards,
                clock,
                assembled.verdicts(),
                settings.plannedSteps(),
                parts.trainer().combinations());
        var fingerprints = new Fingerprints(loaded.sha256(), ConfigFingerprint.of(config));
        var start = new JobStart(parts, settings, factory.topics(), fingerprints, status, Host.system(clock));
        status.onFirstStep(stages::stepped);
        long began = stages.begin();
        JobStart.CommittedReader reader = factory.committedReader();
        JobStart.CommittedReader measured = () -> {
            stages.end("ownership", began);
            long reading = stages.begin();
            CommittedState committed = reader.read();
            stages.end("committed state", reading);
            return committed;
        };
        try (TrainingLoop loop = start.begin(measured, incarnations)) {
            stages.end("ownership to restored", began);
            started(loop);
            try (var _ = new PastSteps(boards.history(), factory::pastMetrics).readFrom(board.current())) {
                loop.run();
            }
        }
    }

    private void identify(ModelLoader.Loaded loaded, Trainer trainer) {
        var identity = new JobIdentity(
                config.kafka().job(),
                "",
                config.sparsity().pattern(),
                config.model()
                        .object()
                        .map(Place.Bucket::toString)
                        .orElseGet(() -> loaded.file().toUri().toString()),
                loaded.sha256(),
                trainer.device());
        board.update(status -> status.with(identity));
        LOG.info(
                "job={} pattern={} model={} device={}",
                identity.job(),
                identity.pattern(),
                identity.modelUri(),
                identity.device());
    }

    private static void log(LayerVerdict verdict) {
        if (verdict.shape().size() > 1) {
            LOG.info(
                    "layer={} shape={} {}: {}",
                    verdict.parameter(),
                    verdict.shape(),
                    verdict.sparse() ? "sparse" : "dense",
                    verdict.reason());
        }
    }
}
