package dev.finecomb.export;

import java.net.URI;
import java.nio.file.Path;

/** What became of an export. */
public sealed interface ExportOutcome {

    /**
     * The model is what it claims to be, and may be announced.
     *
     * @param location where its files lie now, whole
     */
    record Proven(ExportManifest manifest, URI location) implements ExportOutcome {}

    /**
     * The written files are not what they should be; the model must not be announced, an earlier export is untouched.
     *
     * @param what the first violation
     * @param directory where the files were kept for inspection
     */
    record Disproven(String what, Path directory) implements ExportOutcome {}
}
