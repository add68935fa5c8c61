package dev.finecomb.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A job in the middle of its removal, with every figure different. */
public final class StatusFixtures {

    /** When the job of {@link #removing()} did its last step. */
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private StatusFixtures() {}

    public static JobStatus removing() {
        return new JobStatus(
                new JobIdentity("digits", "i-1", "2:4", "file:///models/digits.pt", "abc123", "cpu"),
                JobPhase.of(StateName.REMOVING, NOW.minusSeconds(60)),
                new TrainingStatus(
                        new TrainingStatus.Progress(
                                42,
                                OptionalLong.of(600),
                                2688,
                                OptionalDouble.of(12.5),
                                new Timing(40, 2_000_000_000L, 7_000_000L)),
                        new TrainingStatus.Metrics(
                                OptionalDouble.of(0.75),
                                OptionalDouble.of(0.5),
                                OptionalDouble.of(0.25),
                                OptionalDouble.of(0.05),
                                OptionalDouble.of(Double.POSITIVE_INFINITY)),
                        new TrainingStatus.Sparsity(
                                3,
                                6,
                                0.875,
                                List.of(
                                        new LayerStatus(
                                                "stem.weight",
                                                List.of(8L, 1L, 3L, 3L),
                                                false,
                                                "first convolution",
                                                72,
                                                72),
                                        new LayerStatus(
                                                "fc.weight",
                                                List.of(32L, 64L),
                                                true,
                                                "input axis divisible by 4",
                                                2048,
                                                1792)))),
                new InputStatus(17, Map.of(0, 45L), Map.of("DTYPE", 2L)),
                new CommitStatus(
                        40,
                        5,
                        new CommitStatus.Durations(
                                new Timing(6, 30_000_000, 6_000_000),
                                new Timing(5, 100_000_000, 21_000_000),
                                new Timing(4, 40_000_000, 11_000_000)),
                        4096,
                        Optional.of(NOW.minusSeconds(2)),
                        List.of(new CommitStatus.Commit(40, 5, NOW.minusSeconds(2), 21, 11))),
                new RuntimeStatus(33, true, true, true, Waiting.NOTHING, NOW));
    }
}
