package dev.finecomb.loop;

import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.MiniBatch;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.ingest.Taken;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains again, silently, what was committed already: from an older checkpoint's positions to exactly where a commit stands.
 * Nothing of it is published, and no cut is made on the way.
 */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration TELL = Duration.ofSeconds(5);
    /** How long a topic that seems to end too early is given the benefit of the doubt. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Trainer trainer;
    private final Intake intake;
    private final Host host;
    private long toldAt;
    private long movedAt;

    /**
     * Where a commit stands.
     *
     * @param step steps done
     * @param positions where it read on
     * @param input what its intake remembered there
     */
    record Goal(long step, Positions positions, IntakeMemory input) {}

    /** @param intake has begun to read where the trainer stands */
    Replay(Trainer trainer, Intake intake, Host host) {
        this.trainer = trainer;
        this.intake = intake;
        this.host = host;
        this.toldAt = host.nanoTime();
        this.movedAt = toldAt;
    }

    /**
     * Trains up to the goal.
     *
     * @throws OperatorNeededException when the input does not lead there
     * @throws InterruptedException when the service is told to stop
     */
    void run(Goal goal) throws InterruptedException, RestartLaterException, OperatorNeededException {
        while (!isAt(goal)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("told to stop while replaying");
            }
            requireBefore(goal);
            switch (intake.next(POLL)) {
                case Taken.Step(MiniBatch batch) -> {
                    step(batch);
                    movedAt = host.nanoTime();
                }
                case Taken.Rejected _, Taken.Gathering _ -> movedAt = host.nanoTime();
                case Taken.Nothing _ -> requireMore(goal);
            }
            tell(goal);
        }
    }

    private boolean isAt(Goal goal) {
        return trainer.step() == goal.step()
                && intake.positions().equals(goal.positions())
                && intake.memory().equals(goal.input());
    }

    private void step(MiniBatch batch) {
        switch (trainer.step(batch.samples())) {
            case StepResult.Trained _ -> intake.trained(batch);
            case StepResult.Rejected(var reason, String detail) -> {
                List<RejectedRecord> again = intake.refused(batch, Trainer.class, reason, detail);
                LOG.debug("refused again records={} reason={}", again.size(), reason);
            }
        }
    }

    /** The commit was made between two records, so a replay that passes it has trained something else. */
    private void requireBefore(Goal goal) throws OperatorNeededException {
        Positions positions = intake.positions();
        if (trainer.step() > goal.step() || positions.isBeyond(goal.positions())) {
            throw new OperatorNeededException("the replay stands at step " + trainer.step() + " and " + positions
                    + " and so has passed step " + goal.step() + " at " + goal.positions()
                    + ": the input no longer holds the records that were trained on");
        }
    }

    private void requireMore(Goal goal) throws OperatorNeededException {
        if (intake.isReadToEnd() && host.nanoTime() - movedAt > PATIENCE.toNanos()) {
            boolean onlyInputDiffers =
                    trainer.step() == goal.step() && intake.positions().equals(goal.positions());
            throw new OperatorNeededException(
                    "the input ends when the replay stands at step " + trainer.step() + " and "
                            + intake.positions() + ", "
                            + (onlyInputDiffers
                                    ? "as the commit does, but other samples were trained on or other records refused: the"
                                            + " input no longer holds the records that were trained on"
                                    : "before step " + goal.step() + " at " + goal.positions()
                                            + ": records that were trained on are gone"));
        }
    }

    private void tell(Goal goal) {
        if (host.nanoTime() - toldAt > TELL.toNanos()) {
            toldAt = host.nanoTime();
            LOG.info(
                    "replaying step={} of {} positions={} of {}",
                    trainer.step(),
                    goal.step(),
                    intake.positions(),
                    goal.positions());
        }
    }
}
