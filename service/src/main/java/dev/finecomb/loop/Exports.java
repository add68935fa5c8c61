package dev.finecomb.loop;

import dev.finecomb.export.ExportManifest;
import dev.finecomb.export.ExportOutcome;
import dev.finecomb.export.ExportedFile;
import dev.finecomb.export.JobFacts;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Has the model written and proven, and notes the announcement; a model that fails its proof is never announced. */
final class Exports {
    private final ModelExport export;
    private final Pattern pattern;
    private final Trainer trainer;
    private final Announcer announcer;
    private final Runnable moving;

    /** @param moving is told again and again while a model is written, proven and sent */
    Exports(ModelExport export, Pattern pattern, Trainer trainer, Announcer announcer, Runnable moving) {
        this.export = export;
        this.pattern = pattern;
        this.trainer = trainer;
        this.announcer = announcer;
        this.moving = moving;
    }

    /**
     * Exports the model as it is.
     *
     * @throws IOException when the directory does not take the files; nothing was announced, it may be tried again
     * @throws OperatorNeededException when the written model is not what it claims to be
     */
    LoopMemory.Announced export(PrequentialWindow window) throws IOException, OperatorNeededException {
        var prequential = new JobFacts.Prequential(window.samples(), window.loss(), window.accuracy());
        return switch (write(prequential)) {
            case ExportOutcome.Disproven(String what, Path directory) ->
                throw new OperatorNeededException("the exported model is not " + pattern + " sparse and was not"
                        + " announced: " + what + ". Its files are kept in " + directory + " for inspection.");
            case ExportOutcome.Proven(ExportManifest manifest, URI location) -> {
                announcer.snapshot(trainer, MaskState.FINAL);
                FinishedModel model = finished(manifest, location, prequential);
                announcer.model(model);
                yield new LoopMemory.Announced(
                        trainer.step(),
                        model.location(),
                        model.files().getFirst().sha256());
            }
        };
    }

    private ExportOutcome write(JobFacts.Prequential prequential) throws IOException {
        try (TrainerSnapshot snapshot = trainer.snapshot()) {
            return export.export(snapshot, trainer.masks(), announcer.origin(trainer.step()), prequential, moving);
        }
    }

    private FinishedModel finished(ExportManifest manifest, URI location, JobFacts.Prequential prequential) {
        List<FileEntry> files = manifest.files().stream().map(Exports::entry).toList();
        int sparse = (int) manifest.tensors().stream().filter(t -> t.sparse()).count();
        int runnable = (int) manifest.tensors().stream()
                .filter(tensor -> tensor.sparse() && tensor.hardware().twoOfFour())
                .count();
        int dense = (int) manifest.verdicts().stream()
                .filter(verdict -> !verdict.sparse())
                .count();
        return new FinishedModel(
                announcer.origin(trainer.step()),
                pattern,
                location.toString(),
                files,
                new FinishedModel.Proof(sparse, manifest.groups(), manifest.kept(), dense, runnable),
                prequential.accuracy());
    }

    private static FileEntry entry(ExportedFile file) {
        return new FileEntry(file.name(), file.bytes(), file.sha256());
    }
}
