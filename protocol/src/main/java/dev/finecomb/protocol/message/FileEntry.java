package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One file of a checkpoint or of a finished model.
 *
 * @param name the file's name in its directory; never a path
 * @param bytes its length
 * @param sha256 its digest
 */
public record FileEntry(String name, long bytes, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    /** Refuses names that could lead out of the directory. */
    public FileEntry {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "name", "a plain file name of A-Z a-z 0-9 . _ - that begins with none of . -", Require.quote(name));
        }
        Require.atLeast("bytes", bytes, 0);
        Require.sha256("sha256", sha256);
    }

    /** A copy of the list; refuses an empty one and two files of one name. */
    static List<FileEntry> checked(List<FileEntry> files) {
        if (files.isEmpty()) {
            throw new InvalidValueException("files", "at least one file", "none");
        }
        Set<String> names = new HashSet<>();
        for (FileEntry file : files) {
            if (!names.add(file.name())) {
                throw new InvalidValueException("files", "every name once", Require.quote(file.name()) + " twice");
            }
        }
        return List.copyOf(files);
    }

    static void writeAll(JsonWriter out, List<FileEntry> files) {
        out.objects(
                "files",
                files,
                (inner, file) -> inner.text("name", file.name())
                        .whole("bytes", file.bytes())
                        .text("sha256", file.sha256()));
    }

    static FileEntry read(JsonObject in) throws MalformedMessageException {
        return new FileEntry(in.text("name"), in.whole("bytes"), in.text("sha256"));
    }
}
