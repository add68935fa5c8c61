package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One file of a checkpoint or of a finished model.
 *
 * @param name the file's name in its directory; never a path
 * @param bytes its length
 * @param sha256 its digest
 * @param content the whole file, if it is a small text that the message carries along
 */
public record FileEntry(String name, long bytes, String sha256, Optional<String> content) {
    /** Bytes of content that all entries of a message carry at most: escaped twofold, they still fit a record. */
    public static final int MAX_CONTENT_BYTES = 256 << 10;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    /** Refuses names that could lead out of the directory, and content that is not the file's. */
    public FileEntry {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "name", "a plain file name of A-Z a-z 0-9 . _ - that begins with none of . -", Require.quote(name));
        }
        Require.atLeast("bytes", bytes, 0);
        Require.sha256("sha256", sha256);
        content.ifPresent(text -> requireContent(text, bytes, sha256));
    }

    /** An entry without content. */
    public FileEntry(String name, long bytes, String sha256) {
        this(name, bytes, sha256, Optional.empty());
    }

    /** An entry that carries the file along. */
    public static FileEntry carrying(String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new FileEntry(name, bytes.length, Sha256.hex(bytes), Optional.of(content));
    }

    private static void requireContent(String text, long length, String sha256) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length != length || !Sha256.hex(bytes).equals(sha256)) {
            throw new InvalidValueException(
                    "content",
                    length + " bytes of SHA-256 " + sha256,
                    bytes.length + " bytes of SHA-256 " + Sha256.hex(bytes));
        }
    }

    /** A copy of the list; refuses an empty one, two files of one name and too much content. */
    static List<FileEntry> checked(List<FileEntry> files) {
        if (files.isEmpty()) {
            throw new InvalidValueException("files", "at least one file", "none");
        }
        Set<String> names = new HashSet<>();
        long carried = 0;
        for (FileEntry file : files) {
            carried += file.content().isPresent() ? file.bytes() : 0;
            if (!names.add(file.name())) {
                throw new InvalidValueException("files", "every name once", Require.quote(file.name()) + " twice");
            }
        }
        if (carried > MAX_CONTENT_BYTES) {
            throw new InvalidValueException(
                    "files", "content of at most " + MAX_CONTENT_BYTES + " bytes in all", carried + " bytes");
        }
        return List.copyOf(files);
    }

    static void writeAll(JsonWriter out, List<FileEntry> files) {
        out.objects("files", files, (inner, file) -> {
            inner.text("name", file.name()).whole("bytes", file.bytes()).text("sha256", file.sha256());
            file.content().ifPresent(text -> inner.text("content", text));
        });
    }

    static FileEntry read(JsonObject in) throws MalformedMessageException {
        Optional<String> content = in.has("content") ? Optional.of(in.text("content")) : Optional.empty();
        return new FileEntry(in.text("name"), in.whole("bytes"), in.text("sha256"), content);
    }
}
