package dev.finecomb.loop;

import dev.finecomb.export.ExportManifest;
import dev.finecomb.export.ExportOutcome;
import dev.finecomb.export.ExportedFile;
import dev.finecomb.export.JobFacts;
import dev.finecomb.export.PatternProof;
import dev.finecomb.export.TensorProof;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.training.TrainerSnapshot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** An export whose file's digest is that of the trainer's state. */
final class SimExport implements ModelExport {
    private static final List<TensorProof> COUNTED = List.of(new TensorProof(
            SimTrainer.LAYER.parameter(),
            DType.F32,
            List.of(2L, 4L),
            true,
            new TensorProof.Counts(8, 4, 2, 4, 2),
            new TensorProof.Hardware(true, "counted")));

    private final SimWorld world;

    SimExport(SimWorld world) {
        this.world = world;
    }

    static String sha256(long digest) {
        return Sha256.hex(Long.toHexString(digest).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public ExportOutcome export(
            TrainerSnapshot snapshot,
            List<LayerMask> masks,
            Origin origin,
            JobFacts.Prequential prequential,
            Runnable moving) {
        world.point("export");
        String sha256 = sha256(SimTrainer.digest(snapshot));
        var facts =
                new JobFacts(origin.job(), origin.incarnation(), origin.step(), sha256, prequential, new TreeMap<>());
        var manifest = new ExportManifest(
                facts,
                SimPlan.PATTERN,
                List.of(),
                List.of(new ExportedFile("model.safetensors", 8, sha256)),
                new PatternProof.Verdict.Holds(COUNTED));
        world.point("exported");
        return new ExportOutcome.Proven(manifest, Path.of("/exports/sim").toUri());
    }
}
