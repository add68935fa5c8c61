package dev.finecomb.loop;

import dev.finecomb.control.CommandResult;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.training.Trainer;
import java.util.Map;

/** What each verb does in each state of the job; a refusal changes nothing. */
final class Obedience {
    private final Job job;
    private final Trainer trainer;
    private final Announcer announcer;
    private final OrderBook book;

    /** What an order can do to the loop. */
    interface Job {
        JobState state();

        /** Moves to another state. */
        void to(JobState next);

        /** Makes a cut due, whatever the policy says. */
        void cutSoon();

        /** Ends the loop after this order, with a last cut. */
        void stop();
    }

    Obedience(Job job, Trainer trainer, Announcer announcer, OrderBook book) {
        this.job = job;
        this.trainer = trainer;
        this.announcer = announcer;
        this.book = book;
    }

    CommandResult obey(Command command) {
        return switch (command.verb()) {
            case PAUSE -> pause();
            case RESUME -> resume();
            case CHECKPOINT -> applied();
            case PUBLISH_MASKS -> {
                announcer.snapshot(trainer, trainer.isRemovalComplete() ? MaskState.FINAL : MaskState.SEARCHING);
                yield applied();
            }
            case EXPORT -> export();
            case SET_LEARNING_RATE -> setBaseRate(command.learningRate().orElseThrow());
            case STOP -> {
                job.stop();
                yield applied();
            }
        };
    }

    private CommandResult pause() {
        if (!(job.state() instanceof JobState.Running running)) {
            return new CommandResult.Refused("the job is " + name() + ", there is nothing to pause");
        }
        job.to(running.pause());
        announcer.event(EventKind.PAUSED, trainer.step(), Map.of());
        return applied();
    }

    private CommandResult resume() {
        if (!(job.state() instanceof JobState.Paused paused)) {
            return new CommandResult.Refused("the job is " + name() + ", not paused");
        }
        job.to(paused.resume());
        announcer.event(EventKind.RESUMED, trainer.step(), Map.of());
        return applied();
    }

    private CommandResult export() {
        return switch (job.state()) {
            case JobState.Settling settling -> export(settling.export());
            case JobState.Finalized finalized -> export(finalized.exportAgain());
            case JobState.Learning _,
                    JobState.Removing _,
                    JobState.Paused _,
                    JobState.Restoring _,
                    JobState.Exporting _,
                    JobState.Failed _ ->
                new CommandResult.Refused("a model can be exported while it is settling or finalized; the job is "
                        + name() + " at step " + trainer.step());
        };
    }

    /** Remembered until it is done, for the cut that says "applied" comes before the export. */
    private CommandResult export(JobState.Exporting next) {
        job.to(next);
        book.setExportOrdered(true);
        return applied();
    }

    private CommandResult setBaseRate(double rate) {
        try {
            trainer.setBaseRate(rate);
        } catch (IllegalArgumentException e) {
            return new CommandResult.Refused(String.valueOf(e.getMessage()));
        }
        book.setBaseRate(rate);
        return applied();
    }

    private String name() {
        return job.state().name().wireName();
    }

    private CommandResult applied() {
        return new CommandResult.Applied(trainer.step());
    }
}
