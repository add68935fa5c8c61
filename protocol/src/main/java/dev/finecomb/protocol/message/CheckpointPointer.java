package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the checkpoint that committed offsets belong to, short enough for the offsets' own metadata:
 * {@code fc1;<job>;<incarnation>;<sequence>;<step>;<sha256 of the manifest>}, ASCII, below 200 characters.
 *
 * @param origin job, incarnation and the checkpoint's step
 * @param sequence number of the cut in its incarnation
 * @param manifestSha256 digest of the manifest's bytes
 */
public record CheckpointPointer(Origin origin, long sequence, String manifestSha256) {
    private static final String NUMBER = "(0|[1-9][0-9]{0,18})";
    private static final Pattern FORM =
            Pattern.compile("fc1;([^;]+);([^;]+);" + NUMBER + ";" + NUMBER + ";([0-9a-f]{64})");
    private static final String SHAPE = "fc1;<job>;<incarnation>;<sequence>;<step>;<sha256>";

    /** Refuses negative sequences and what is no digest. */
    public CheckpointPointer {
        Require.atLeast("sequence", sequence, 0);
        Require.sha256("manifestSha256", manifestSha256);
    }

    /** The text that is committed with the offsets. */
    public String format() {
        return String.join(
                ";",
                "fc1",
                origin.job(),
                origin.incarnation(),
                Long.toString(sequence),
                Long.toString(origin.step()),
                manifestSha256);
    }

    /** Reads {@link #format()} back; there is exactly one text per pointer. */
    public static CheckpointPointer parse(String text) throws MalformedMessageException {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new MalformedMessageException("checkpoint pointer", SHAPE, Require.quote(text));
        }
        try {
            Origin origin = new Origin(matcher.group(1), matcher.group(2), Long.parseLong(matcher.group(4)));
            return new CheckpointPointer(origin, Long.parseLong(matcher.group(3)), matcher.group(5));
        } catch (InvalidValueException refused) {
            throw MalformedMessageException.at("checkpoint pointer: ", refused);
        } catch (NumberFormatException beyond64Bits) {
            throw new MalformedMessageException("checkpoint pointer", SHAPE, Require.quote(text));
        }
    }
}
