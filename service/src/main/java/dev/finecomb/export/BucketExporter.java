package dev.finecomb.export;

import dev.finecomb.model.ModuleArchive;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * Puts the finished model into an object store: written and proven on this machine, then sent, the manifest last.
 *
 * <p>Each export has a prefix of its own, {@code <incarnation>-<step>-<digest of its manifest>}: what was announced is never
 * changed, and the same export again is the same objects. Nothing is ever deleted here.
 */
public final class BucketExporter {
    private static final int DIGITS = 12;

    private final ObjectStorage storage;
    private final Path staging;
    private final SparseModelExporter exporter;

    /**
     * An exporter into a place of an object store.
     *
     * @param staging a directory of this machine, which need not exist; it is gone again once the model is sent
     */
    public BucketExporter(ObjectStorage storage, Path staging) {
        this.storage = storage;
        this.staging = staging;
        this.exporter = new SparseModelExporter(staging);
    }

    /**
     * Exports, proves and sends.
     *
     * @param moving is told again and again meanwhile
     * @throws IOException if files can't be written or sent; nothing may be announced then
     * @see SparseModelExporter#export
     */
    public ExportOutcome export(ModuleArchive archive, ExportRequest request, Runnable moving) throws IOException {
        return switch (exporter.export(archive, request, moving)) {
            case ExportOutcome.Disproven disproven -> disproven;
            case ExportOutcome.Proven(ExportManifest manifest, URI _) ->
                new ExportOutcome.Proven(manifest, send(manifest, moving));
        };
    }

    private URI send(ExportManifest manifest, Runnable moving) throws IOException {
        byte[] bytes = manifest.encode();
        String name = "%s-%012d-%s/"
                .formatted(
                        manifest.facts().incarnation(),
                        manifest.facts().step(),
                        Sha256.hex(bytes).substring(0, DIGITS));
        // Of a process that died in the middle of this; the parts of a model that nobody finishes cost, and are not
        // seen.
        storage.abortUploads(name);
        for (ExportedFile file : manifest.files()) {
            String sent = storage.upload(name + file.name(), staging.resolve(file.name()), moving);
            if (!sent.equals(file.sha256())) {
                throw new IOException(
                        staging.resolve(file.name()) + " was changed after it was proven: expected sha256:"
                                + file.sha256() + ", sent sha256:" + sent);
            }
        }
        if (!storage.putIfAbsent(name + SparseModelExporter.MANIFEST, bytes)) {
            throw new IOException(
                    storage.locate(name + SparseModelExporter.MANIFEST) + " is there already, and is another");
        }
        DurableFiles.deleteFlat(staging);
        return URI.create(storage.locate(name));
    }
}
