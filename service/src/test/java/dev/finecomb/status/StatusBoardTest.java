package dev.finecomb.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusBoardTest {

    private final JobStatus first = StatusFixtures.removing();
    private final StatusBoard board = new StatusBoard(first);

    @Test
    void theNewestStatusHangsOnTheBoard() {
        JobStatus next = first.with(first.phase().to(StateName.SETTLING, StatusFixtures.NOW));

        board.publish(next);

        assertThat(board.current()).isSameAs(next);
        assertThat(first.phase().state()).isEqualTo(StateName.REMOVING);
    }

    @Test
    void updatesOfSeveralThreadsAreAllKept() throws InterruptedException {
        Thread committer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                board.update(status -> status.with(new CommitStatus(
                        status.commit().step() + 1,
                        status.commit().sequence(),
                        status.commit().durations(),
                        0,
                        status.commit().lastCommittedAt(),
                        status.commit().recent())));
            }
        });
        for (int i = 0; i < 10_000; i++) {
            board.update(status -> status.with(status.runtime()
                    .progressed(StatusFixtures.NOW, status.runtime().nativeArrays() + 1)));
        }
        committer.join();

        assertThat(board.current().commit().step()).isEqualTo(first.commit().step() + 10_000);
        assertThat(board.current().runtime().nativeArrays())
                .isEqualTo(first.runtime().nativeArrays() + 10_000);
    }

    @Test
    void aStatusChangesPartByPart() {
        Instant later = StatusFixtures.NOW.plusSeconds(5);
        RuntimeStatus starting = RuntimeStatus.starting(StatusFixtures.NOW);

        assertThat(starting.withOwner(true).withRestored(true).withStoreWritable(false))
                .isEqualTo(new RuntimeStatus(0, true, true, false, Waiting.NOTHING, StatusFixtures.NOW));
        assertThat(starting.waitingFor(Waiting.INPUT, later).progressed(later, 7))
                .isEqualTo(new RuntimeStatus(7, false, false, true, Waiting.NOTHING, later));
        CommitStatus committed =
                CommitStatus.NONE.stalled(2).durable(3).withOutboxBytes(7).committed(40, 5, 4, later);
        assertThat(committed)
                .isEqualTo(new CommitStatus(
                        40,
                        5,
                        new CommitStatus.Durations(Timing.NONE.plus(2), Timing.NONE.plus(3), Timing.NONE.plus(4)),
                        7,
                        Optional.of(later),
                        List.of(new CommitStatus.Commit(40, 5, later, 3e-6, 4e-6))));
        assertThat(Timing.NONE.plus(3_000_000).plus(1_000_000)).isEqualTo(new Timing(2, 4_000_000, 1_000_000));
        assertThat(first.training().sparsity().layers().getLast().density()).isEqualTo(0.875);
        JobPhase.Finished model = new JobPhase.Finished("/export", "abc", 600);
        assertThat(first.phase()
                        .withFinished(model)
                        .to(StateName.FINALIZED, later)
                        .failed("disk full", later)
                        .finished())
                .contains(model);
    }
}
