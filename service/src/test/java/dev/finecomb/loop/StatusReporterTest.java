package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.status.Boards;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Waiting;
import dev.finecomb.training.StepResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see while steps go on and the committer is in trouble: the trouble, until it is over. */
class StatusReporterTest {
    private static final StepResult.Trained STEP =
            new StepResult.Trained(1, 2, 0.5, OptionalDouble.empty(), 0.1, 1, 6, 1, false);

    @TempDir
    Path directory;

    private final StatusBoard board =
            new StatusBoard(JobStatus.starting(new JobIdentity("job", "i1", "2:4", "", "", "none"), Instant.EPOCH));
    private Instant now = Instant.EPOCH;
    private final ChainTrainer trainer = new ChainTrainer();
    private final StatusReporter reporter = new StatusReporter(Boards.around(board), () -> now, List.of(), 100, 6);

    private Cut cut;

    @BeforeEach
    void makeCut() throws IOException {
        cut = new RewindWorld(directory, IntakeRules.RECORD_BY_RECORD, 1).cut(new CheckpointId("i1", 1));
    }

    private Waiting waiting() {
        return board.current().runtime().waiting();
    }

    private void step() {
        reporter.stepped(trainer, STEP, OptionalDouble.empty(), 1);
    }

    @Test
    void aStoreThatTakesNoCheckpointIsNamedUntilOneIsDurable() {
        reporter.storeFailed(new IOException("No space left on device"));
        assertThat(waiting()).isEqualTo(Waiting.STORE);
        step();
        assertThat(waiting()).isEqualTo(Waiting.STORE);
        reporter.waiting(Waiting.INPUT);
        assertThat(waiting()).isEqualTo(Waiting.STORE);
        reporter.working();
        assertThat(waiting()).isEqualTo(Waiting.STORE);
        assertThat(board.current().runtime().storeWritable()).isFalse();

        reporter.durable(cut, 1);
        assertThat(waiting()).isEqualTo(Waiting.NOTHING);
        assertThat(board.current().runtime().storeWritable()).isTrue();
        reporter.waiting(Waiting.INPUT);
        assertThat(waiting()).isEqualTo(Waiting.INPUT);
        step();
        assertThat(waiting()).isEqualTo(Waiting.NOTHING);
    }

    @Test
    void aBrokerThatTakesNoCommitIsNamedUntilOneIsTaken() {
        reporter.durable(cut, 1);
        reporter.brokerUnavailable("away");
        assertThat(waiting()).isEqualTo(Waiting.BROKER);
        step();
        reporter.waiting(Waiting.INPUT);
        reporter.working();
        assertThat(waiting()).isEqualTo(Waiting.BROKER);

        reporter.committed(cut, 1);
        assertThat(waiting()).isEqualTo(Waiting.NOTHING);
        step();
        assertThat(waiting()).isEqualTo(Waiting.NOTHING);
    }

    @Test
    void aCheckpointThatTakesLongIsProgressAndChangesNothingElse() {
        reporter.waiting(Waiting.INPUT);
        now = Instant.EPOCH.plusSeconds(1000);
        reporter.moving();
        assertThat(board.current().runtime().lastProgress()).isEqualTo(now);
        assertThat(waiting()).isEqualTo(Waiting.INPUT);
    }

    @Test
    void whatTheTrainingThreadWaitsForIsNotOverBecauseACommitIs() {
        reporter.waiting(Waiting.INPUT);
        reporter.durable(cut, 1);
        reporter.committed(cut, 1);
        assertThat(waiting()).isEqualTo(Waiting.INPUT);
    }
}
