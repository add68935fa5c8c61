package dev.finecomb.training;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer that refuses a batch on which the process ended three times in a row, instead of dying of it for ever.
 *
 * <p>It knows of earlier deaths from a note in a file, which names the step under way. An exception out of a step counts as
 * a death too, for it ends the process. What it can't know is why a process died: three kills from outside in the same step,
 * one after the other, look the same. A decision stays in force, also for a replay from an older checkpoint; it holds for
 * just this batch at just this step.
 */
public final class QuarantiningTrainer implements Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantiningTrainer.class);

    private final Trainer trainer;
    private final Path file;
    /** Not before the first step: till then a former owner may be in the middle of one. */
    private @Nullable StepNote note;

    /**
     * Watches over a trainer.
     *
     * @param note the file for the note; made by the first step if it is missing
     */
    public QuarantiningTrainer(Trainer trainer, Path note) {
        this.trainer = trainer;
        this.file = note;
    }

    /** @throws UncheckedIOException if the note cannot be read or written */
    @Override
    public StepResult step(TrainingBatch batch) {
        StepNote note = note();
        StepNote.Step step = StepNote.Step.of(trainer.step() + 1, batch);
        if (note.isQuarantined(step)) {
            return new StepResult.Rejected(
                    RejectReason.QUARANTINED,
                    "the process ended " + StepNote.DEATHS + " times in a row while training on it as step "
                            + step.due());
        }
        note.begin(step);
        StepResult result = trainer.step(batch);
        note.end();
        return result;
    }

    private StepNote note() {
        StepNote opened = note;
        if (opened == null) {
            try {
                opened = StepNote.open(file);
            } catch (IOException e) {
                throw new UncheckedIOException("The note of the step under way cannot be kept in " + file, e);
            }
            countDeath(opened);
            note = opened;
        }
        return opened;
    }

    private void countDeath(StepNote note) {
        long deaths = note.countDeath();
        if (deaths >= StepNote.DEATHS) {
            LOG.warn(
                    "the process ended {} times in a row in step={}: its batch is quarantined, it goes to the dead letters."
                            + " To try it again, for example with more memory, stop the service, delete {} and send the"
                            + " record anew",
                    deaths,
                    note.suspect().due(),
                    file);
        } else if (deaths > 0) {
            LOG.warn(
                    "a process ended in the middle of step={}, {} in a row by now; at {} its batch is quarantined",
                    note.suspect().due(),
                    deaths,
                    StepNote.DEATHS);
        }
    }

    @Override
    public long step() {
        return trainer.step();
    }

    @Override
    public long samples() {
        return trainer.samples();
    }

    @Override
    public int combinations() {
        return trainer.combinations();
    }

    @Override
    public int survivors() {
        return trainer.survivors();
    }

    @Override
    public boolean isRemovalComplete() {
        return trainer.isRemovalComplete();
    }

    @Override
    public List<LayerMask> masks() {
        return trainer.masks();
    }

    @Override
    public List<SparseLayer> layers() {
        return trainer.layers();
    }

    @Override
    public double density() {
        return trainer.density();
    }

    @Override
    public void setBaseRate(double base) {
        trainer.setBaseRate(base);
    }

    @Override
    public TrainerSnapshot snapshot() {
        return trainer.snapshot();
    }

    @Override
    public void restore(TrainerSnapshot snapshot) {
        trainer.restore(snapshot);
    }

    @Override
    public String device() {
        return trainer.device();
    }

    @Override
    public int nativeArrays() {
        return trainer.nativeArrays();
    }

    /** Ends the watch; the trainer is closed by whoever made it. A process that ends between two steps breaks the row. */
    @Override
    public void close() {
        if (note != null && !note.isUnderWay()) {
            note.acquit();
        }
    }
}
