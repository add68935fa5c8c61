package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which checkpoint of a store: the history it belongs to and its place in it.
 *
 * @param incarnation the uninterrupted history; letters, digits, '.', '_' and '-', starting with a letter or digit
 * @param sequence place in the history, counted from {@link #FIRST_SEQUENCE}; a failed attempt may leave a gap
 */
public record CheckpointId(String incarnation, long sequence) implements Comparable<CheckpointId> {
    /** The sequence of a history's first checkpoint, written before anything was trained. */
    public static final long FIRST_SEQUENCE = 0;

    private static final int DIGITS = 12;
    private static final long MAX_SEQUENCE = 999_999_999_999L;
    private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern DIRECTORY = Pattern.compile("(" + INCARNATION + ")-([0-9]{" + DIGITS + "})");
    private static final Comparator<CheckpointId> ORDER =
            Comparator.comparing(CheckpointId::incarnation).thenComparingLong(CheckpointId::sequence);

    public CheckpointId {
        if (!INCARNATION.matcher(incarnation).matches()) {
            throw new IllegalArgumentException(
                    "incarnation \"" + incarnation + "\" cannot name a directory: it must match " + INCARNATION);
        }
        if (sequence < FIRST_SEQUENCE || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + " is not within " + FIRST_SEQUENCE + " to " + MAX_SEQUENCE);
        }
    }

    /** The checkpoint that a manifest describes. */
    public static CheckpointId of(CheckpointManifest manifest) {
        return new CheckpointId(manifest.origin().incarnation(), manifest.sequence());
    }

    /** The checkpoint that a commit names. */
    public static CheckpointId of(CheckpointPointer pointer) {
        return new CheckpointId(pointer.origin().incarnation(), pointer.sequence());
    }

    /** The directory's name, {@code <incarnation>-<sequence>}, zero-padded so that names sort as the history ran. */
    public String directoryName() {
        return incarnation + "-" + String.format("%0" + DIGITS + "d", sequence);
    }

    /** The checkpoint a directory of this name holds, or empty if the name is not one of ours. */
    static Optional<CheckpointId> ofDirectoryName(String name) {
        Matcher matcher = DIRECTORY.matcher(name);
        return matcher.matches()
                ? Optional.of(new CheckpointId(matcher.group(1), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public int compareTo(CheckpointId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return directoryName();
    }
}
