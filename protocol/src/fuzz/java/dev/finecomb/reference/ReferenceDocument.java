package dev.finecomb.reference;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document that says what the code says: it is written with {@code -Dreference.write=true}, else compared. */
public final class ReferenceDocument {
    private final Path file;

    /** A document at a path below the module. */
    public ReferenceDocument(String file) {
        this.file = Path.of(file);
    }

    /**
     * Fails unless the file holds that text; or writes it.
     *
     * @param made what the code says now
     * @param test the test class that calls, for the command that mends the file
     */
    public void require(String made, Class<?> test) throws IOException {
        if (Boolean.getBoolean("reference.write")) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, made, StandardCharsets.UTF_8);
            return;
        }
        String found = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        if (!found.equals(made)) {
            throw new AssertionError(file.toAbsolutePath() + " is not what the code says, from its line "
                    + firstDifference(found, made)
                    + " on. It is generated; write it anew with: ./mvnw test -Dreference.write=true -Dtest="
                    + test.getSimpleName() + " -Dsurefire.failIfNoSpecifiedTests=false");
        }
    }

    private static String firstDifference(String found, String made) {
        String[] old = found.split("\n", -1);
        String[] now = made.split("\n", -1);
        int line = 0;
        while (line < Math.min(old.length, now.length) && old[line].equals(now[line])) {
            line++;
        }
        return line + 1 + " (found \"" + at(old, line) + "\", expected \"" + at(now, line) + "\")";
    }

    private static String at(String[] lines, int line) {
        return line < lines.length ? lines[line] : "the end";
    }
}
