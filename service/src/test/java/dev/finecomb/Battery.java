package dev.finecomb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** How often the battery of faults does what, and the record of what it did: {@code target/battery.csv}. */
public final class Battery {
    private static final Path RECORD = Path.of("target/battery.csv");

    private Battery() {}

    /** The count that a system property sets, such as {@code kill.count}. */
    public static int count(String property, int otherwise) {
        return Integer.getInteger(property, otherwise);
    }

    /**
     * Notes that something was done so often, and that every check held; to be called after the checks.
     *
     * @param what name of the fault, lower case with hyphens
     * @param outcome what was the same each time, for example a digest; no comma
     */
    public static void ran(String what, long times, Duration took, String outcome) {
        String line = what + "," + times + "," + took.toMillis() + "," + outcome + System.lineSeparator();
        try {
            Files.createDirectories(RECORD.getParent());
            Files.writeString(RECORD, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
