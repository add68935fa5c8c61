package dev.finecomb.loop;

import dev.finecomb.export.ExportOutcome;
import dev.finecomb.export.JobFacts;
import dev.finecomb.protocol.Origin;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.util.List;

/** Writes and proves the finished model; the loop decides when, whoever built the job knows the rest. */
@FunctionalInterface
public interface ModelExport {
    /**
     * Exports the model as it is.
     *
     * @param masks final masks, in layer order
     * @param origin job, incarnation and steps behind the weights
     * @param moving is told again and again while it is written, proven and sent
     */
    ExportOutcome export(
            TrainerSnapshot snapshot,
            List<LayerMask> masks,
            Origin origin,
            JobFacts.Prequential prequential,
            Runnable moving)
            throws IOException;
}
