package dev.finecomb.export;

import java.io.IOException;
import java.nio.file.Path;

/** Exports on disk, as the service writes them, for tests of whoever reads them. */
public final class ExportedModels {
    private ExportedModels() {}

    /** {@code conv1.weight} [16, 8, 3, 3] and {@code conv2.weight} [16, 16, 1, 1] are 2:4; stem and head are dense. */
    public static Path write(Path directory) throws Exception {
        var world = new ExportWorld("2:4");
        if (new SparseModelExporter(directory).export(world.archive, world.request(), () -> {})
                instanceof ExportOutcome.Proven) {
            return directory.resolve(PatternProof.MODEL);
        }
        throw new IOException("the export was not proven");
    }
}
