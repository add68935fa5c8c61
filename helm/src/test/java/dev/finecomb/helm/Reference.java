package dev.finecomb.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checked-in file that says what the chart says: written with {@code -Dreference.write=true}, else compared. */
final class Reference {
    private Reference() {}

    /**
     * Fails unless the file holds that text; or writes it.
     *
     * @param test the test class that calls, for the command that mends the file
     */
    static void require(Path file, String made, Class<?> test) throws IOException {
        if (Boolean.getBoolean("reference.write")) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, made);
            return;
        }
        String found = Files.exists(file) ? Files.readString(file) : "";
        if (!found.equals(made)) {
            int line = 0;
            String[] old = found.split("\n", -1);
            String[] now = made.split("\n", -1);
            while (line < Math.min(old.length, now.length) && old[line].equals(now[line])) {
                line++;
            }
            throw new AssertionError(file.toAbsolutePath() + " is not what the chart says, from its line " + (line + 1)
                    + " on (found \"" + at(old, line) + "\", expected \"" + at(now, line) + "\"). If that is intended:"
                    + " ./mvnw test -pl helm -Dreference.write=true -Dtest=" + test.getSimpleName());
        }
    }

    private static String at(String[] lines, int line) {
        return line < lines.length ? lines[line] : "the end";
    }
}
