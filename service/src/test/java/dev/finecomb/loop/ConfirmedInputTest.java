package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.finecomb.config.CheckpointConfig.OnCorrupt;
import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.loop.ListedInput.Hook;
import dev.finecomb.loop.ListedInput.Kind;
import dev.finecomb.status.Boards;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole loop over an input that may be exchanged for another of its name at any moment: the watch looks only now and
 * then, so records of the other may be handed out and trained on, but nothing of that is ever committed.
 */
@Timeout(60)
class ConfirmedInputTest {
    private static final String EXCHANGED = "Input topic fc.job.batches was deleted and made anew";

    @TempDir
    Path directory;

    private final StatusBoard board =
            new StatusBoard(JobStatus.starting(new JobIdentity("job", "", "2:4", "", "", "none"), Instant.EPOCH));
    private final AtomicReference<TrainingLoop> running = new AtomicReference<>();
    private RewindWorld world;

    @BeforeEach
    void makeWorld() throws Exception {
        world = new RewindWorld(directory, IntakeRules.RECORD_BY_RECORD, 1);
        for (int i = 0; i < 20; i++) {
            world.input.add(0, Kind.GOOD, 1);
        }
    }

    /** Runs the job from its first start, which is committed before the first step. */
    private void run(Hook beforeConfirm) throws Exception {
        ListedInput input = world.input.again();
        input.beforeConfirm(beforeConfirm);
        var trainer = new ChainTrainer();
        var status = new StatusReporter(
                Boards.around(board), world.host.clock(), List.of(), 1_000_000, trainer.combinations());
        var start = new JobStart(
                world.parts(trainer, input, world.store()),
                world.settings(OnCorrupt.STOP),
                KafkaFixture.topics(RewindWorld.KAFKA),
                RewindWorld.FINGERPRINTS,
                status,
                world.host);
        try (TrainingLoop loop = start.begin(CommittedState.None::new, () -> "i1")) {
            running.set(loop);
            loop.run();
        }
    }

    /** Commits that the broker was asked for. */
    private long commits() {
        return world.producer.calls.stream().filter("commit"::equals).count();
    }

    @Test
    void whatWasTrainedOnAnotherTopicsRecordsIsNotCommittedAndTheJobFails() {
        List<List<String>> before = new CopyOnWriteArrayList<>();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> run(count -> {
                    if (count >= 3) {
                        before.add(List.copyOf(world.producer.calls));
                        throw new OperatorNeededException(EXCHANGED);
                    }
                }))
                .withMessage(EXCHANGED);

        assertThat(commits()).isEqualTo(3);
        assertThat(world.producer.calls).isEqualTo(before.getFirst());
        assertThat(board.current().phase().state()).isEqualTo(StateName.FAILED);
        assertThat(board.current().phase().failure()).contains(EXCHANGED);
    }

    /** A broker that lags behind may say once that there is no such topic; the outputs of the failed cut are gone by then. */
    @Test
    void afterARefusedConfirmationNoLaterCutIsCommittedEither() {
        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> run(count -> {
                    if (count == 3) {
                        throw new OperatorNeededException(EXCHANGED);
                    }
                }))
                .withMessage(EXCHANGED);

        assertThat(commits()).isEqualTo(3);
    }

    @Test
    void aBrokerThatDoesNotAnswerIsAskedUntilItDoes() throws Exception {
        List<Waiting> waited = new CopyOnWriteArrayList<>();

        run(count -> {
            if (count > 3 && count <= 9) {
                waited.add(board.current().runtime().waiting());
            }
            if (count >= 3 && count < 9) {
                assertThat(commits()).isEqualTo(3);
                throw new RestartLaterException("no broker answered");
            }
            if (count == 11) {
                running.get().requestStop();
            }
        });

        assertThat(waited).hasSize(6).containsOnly(Waiting.BROKER);
        assertThat(world.host.sleeps())
                .filteredOn(pause -> !pause.equals(Duration.ofMillis(250)))
                .startsWith(
                        Duration.ofMillis(200),
                        Duration.ofMillis(400),
                        Duration.ofMillis(800),
                        Duration.ofMillis(1600),
                        Duration.ofMillis(3200),
                        Duration.ofMillis(6400));
        assertThat(commits()).isGreaterThan(5);
        assertThat(board.current().runtime().waiting()).isNotEqualTo(Waiting.BROKER);
        assertThat(board.current().phase().state()).isNotEqualTo(StateName.FAILED);
    }

    @Test
    void whoeverStopsTheServiceDoesNotWaitForABrokerThatNeverAnswers() {
        assertThatExceptionOfType(RestartLaterException.class)
                .isThrownBy(() -> run(count -> {
                    if (count >= 3) {
                        if (count == 5) {
                            running.get().requestStop();
                        }
                        throw new RestartLaterException("no broker answered");
                    }
                }))
                .withMessageContaining("the last cut could not be committed before the process had to stop");

        assertThat(commits()).isEqualTo(3);
    }
}
