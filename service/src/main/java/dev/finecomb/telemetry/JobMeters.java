package dev.finecomb.telemetry;

import dev.finecomb.status.InputStatus;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Timing;
import dev.finecomb.status.Waiting;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The job's figures as meters under {@code finecomb.}. Each reads the newest {@link JobStatus} when the registry asks,
 * so the training thread pays nothing for them. A figure that is not known yet is NaN.
 */
public final class JobMeters implements MeterBinder {

    private final StatusBoard board;
    private final List<String> rejectReasons;

    /**
     * Meters of the board's job; every reject reason has its counter from the start, so that its first reject is an
     * increase.
     */
    public JobMeters(StatusBoard board, List<String> rejectReasons) {
        this.board = board;
        this.rejectReasons = List.copyOf(rejectReasons);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindTraining(registry);
        bindSparsity(registry);
        bindInput(registry);
        bindCommit(registry);
        bindRuntime(registry);
    }

    private void bindTraining(MeterRegistry registry) {
        timer(
                registry,
                "finecomb.step",
                "Time of one training step",
                status -> status.training().progress().steps());
        counter(registry, "finecomb.steps", "Steps done in the job's life", status ->
                (double) status.training().progress().step());
        known(
                registry,
                "finecomb.steps.planned",
                "The step at which the model is exported",
                status -> asDouble(status.training().progress().plannedSteps()));
        counter(registry, "finecomb.samples", "Samples trained on in the job's life", status ->
                (double) status.training().progress().samples());
        known(
                registry,
                "finecomb.steps.per.second",
                "Speed of the last steps",
                status -> status.training().progress().stepsPerSecond());
        known(
                registry,
                "finecomb.loss",
                "Loss of the last batch",
                status -> status.training().metrics().loss());
        known(
                registry,
                "finecomb.accuracy",
                "Accuracy on the last batch before it was trained on",
                status -> status.training().metrics().accuracy());
        known(
                registry,
                "finecomb.accuracy.prequential",
                "The same over a sliding window",
                status -> status.training().metrics().prequentialAccuracy());
        known(
                registry,
                "finecomb.learning.rate",
                "Learning rate of the last step",
                status -> status.training().metrics().learningRate());
        known(
                registry,
                "finecomb.gradient.norm",
                "Norm of the last gradient before clipping",
                status -> status.training().metrics().gradientNorm());
    }

    private void bindSparsity(MeterRegistry registry) {
        gauge(
                registry,
                "finecomb.survivors",
                "Combinations that survive in every group",
                status -> status.training().sparsity().survivors());
        gauge(
                registry,
                "finecomb.combinations",
                "Combinations there were",
                status -> status.training().sparsity().combinations());
        gauge(
                registry,
                "finecomb.density",
                "Share of the sparse layers' weights that the masks keep",
                status -> status.training().sparsity().density());
    }

    private void bindInput(MeterRegistry registry) {
        gauge(registry, "finecomb.lag", "Records that wait in the topic", status ->
                (double) status.input().lag());
        for (String reason : rejectReasons) {
            FunctionCounter.builder(
                            "finecomb.rejects",
                            board,
                            source -> rejects(source.current().input(), reason))
                    .description("Records refused since the process started")
                    .tag("reason", reason)
                    .register(registry);
        }
    }

    private void bindCommit(MeterRegistry registry) {
        timer(
                registry,
                "finecomb.cut.stall",
                "Time that a cut keeps the training thread from its steps",
                status -> status.commit().durations().stalls());
        timer(
                registry,
                "finecomb.cut",
                "Time of writing a durable checkpoint",
                status -> status.commit().durations().cuts());
        timer(
                registry,
                "finecomb.commit",
                "Time of one transaction",
                status -> status.commit().durations().commits());
        gauge(registry, "finecomb.committed.step", "The last committed step", status ->
                (double) status.commit().step());
        moment(
                registry,
                "finecomb.committed.time",
                "When the last commit was acknowledged",
                status -> status.commit().lastCommittedAt());
        Gauge.builder(
                        "finecomb.outbox",
                        board,
                        source -> source.current().commit().outboxBytes())
                .baseUnit("bytes")
                .description("Outputs that wait for the next commit")
                .register(registry);
    }

    private void bindRuntime(MeterRegistry registry) {
        gauge(registry, "finecomb.native.arrays", "Engine arrays alive", status ->
                (double) status.runtime().nativeArrays());
        for (StateName state : StateName.values()) {
            Gauge.builder(
                            "finecomb.state",
                            board,
                            source -> source.current().phase().state() == state ? 1 : 0)
                    .description("1 for the state that the job is in")
                    .tag("state", state.wireName())
                    .register(registry);
        }
        for (Waiting what : Waiting.values()) {
            Gauge.builder(
                            "finecomb.waiting",
                            board,
                            source -> source.current().runtime().waiting() == what ? 1 : 0)
                    .description("1 for what the job waits for")
                    .tag("what", what.wireName())
                    .register(registry);
        }
        moment(
                registry,
                "finecomb.progress.time",
                "When the job last did a step, or anything else that proves it alive",
                status -> Optional.of(status.runtime().lastProgress()));
    }

    private static OptionalDouble asDouble(OptionalLong number) {
        return number.isPresent() ? OptionalDouble.of((double) number.getAsLong()) : OptionalDouble.empty();
    }

    private static double rejects(InputStatus input, String reason) {
        return input.rejects().getOrDefault(reason, 0L);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<JobStatus> figure) {
        Gauge.builder(name, board, source -> figure.applyAsDouble(source.current()))
                .description(description)
                .register(registry);
    }

    private void known(
            MeterRegistry registry, String name, String description, Function<JobStatus, OptionalDouble> figure) {
        gauge(registry, name, description, status -> figure.apply(status).orElse(Double.NaN));
    }

    /** Seconds since 1970, so that its age is the present time less it, also when nobody reads it any more. */
    private void moment(
            MeterRegistry registry, String name, String description, Function<JobStatus, Optional<Instant>> time) {
        Gauge.builder(
                        name,
                        board,
                        source -> time.apply(source.current())
                                .map(moment -> moment.toEpochMilli() / 1000.0)
                                .orElse(Double.NaN))
                .baseUnit("seconds")
                .description(description)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<JobStatus> figure) {
        FunctionCounter.builder(name, board, source -> figure.applyAsDouble(source.current()))
                .description(description)
                .register(registry);
    }

    private void timer(MeterRegistry registry, String name, String description, Function<JobStatus, Timing> timing) {
        FunctionTimer.builder(
                        name,
                        board,
                        source -> timing.apply(source.current()).count(),
                        source -> (double) timing.apply(source.current()).totalNanos(),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .register(registry);
    }
}
