package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a checkpoint that its published manifest is enough to make again. */
final class SmallFiles {
    private SmallFiles() {}

    /** Their content by name, the manifest last. */
    static Map<String, byte[]> of(CheckpointManifest manifest, byte[] manifestBytes) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        manifest.files()
                .forEach(file -> file.content()
                        .ifPresent(text -> files.put(file.name(), text.getBytes(StandardCharsets.UTF_8))));
        files.put(CheckpointStore.MANIFEST, manifestBytes);
        return files;
    }
}
