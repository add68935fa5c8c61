package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import dev.finecomb.protocol.json.Scalar;
import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a job, as the events topic carries it.
 *
 * @param origin job, incarnation and the step at which it took effect
 * @param kind what happened
 * @param time when
 * @param details named particulars, sorted by name; each kind demands some, see {@link EventKind#details()}
 */
public record JobEvent(Origin origin, EventKind kind, Instant time, Map<String, Scalar> details) {
    /** Copies the details and refuses an event that lacks one of its kind with an {@link InvalidValueException}. */
    public JobEvent {
        details = Scalar.sorted(details);
        for (String name : kind.details()) {
            if (!details.containsKey(name)) {
                throw new InvalidValueException(
                        "details." + name, "a detail of every " + kind.wireName() + " event", "no such field");
            }
        }
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        return JsonWriter.object(out -> {
            out.origin(origin);
            out.text("kind", kind.wireName());
            out.text("time", time.toString());
            out.object("details", inner -> details.forEach((name, detail) -> detail.writeTo(inner, name)));
        });
    }

    /** Reads a value back. */
    public static JobEvent decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(
                value,
                in -> new JobEvent(
                        in.origin(), in.word("kind", EventKind.class), in.time("time"), in.scalars("details")));
    }
}
