package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import dev.finecomb.protocol.json.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * An order to a job. It is obeyed once, between steps, however often it arrives.
 *
 * @param id the sender's name for this order, also the record's key; repeats of one order share it
 * @param verb what to do
 * @param args the verb's arguments; {@code set-learning-rate} needs {@code learningRate}, a positive number
 * @param validity whom and until when the order concerns
 */
public record Command(String id, Verb verb, Map<String, Scalar> args, Validity validity) {
    /** The argument of {@link Verb#SET_LEARNING_RATE}. */
    public static final String LEARNING_RATE = "learningRate";

    /** Longest id. */
    public static final int MAX_ID_LENGTH = 128;

    /**
     * Whom and until when an order concerns.
     *
     * @param incarnation the only incarnation that may obey, or {@link #ANY_INCARNATION}
     * @param expiresAt from when on nobody may obey, or {@link Instant#MAX}
     */
    public record Validity(String incarnation, Instant expiresAt) {
        /** Every incarnation may obey. */
        public static final String ANY_INCARNATION = "";

        /** An order to whoever reads it, for ever. */
        public static final Validity ALWAYS = new Validity(ANY_INCARNATION, Instant.MAX);

        /** Refuses illegal incarnation names. */
        public Validity {
            if (!incarnation.equals(ANY_INCARNATION)) {
                Require.incarnation("expectedIncarnation", incarnation);
            }
        }

        /** Whether that incarnation may obey. */
        public boolean concerns(String reader) {
            return incarnation.equals(ANY_INCARNATION) || incarnation.equals(reader);
        }

        /** Whether it is too late to obey. */
        public boolean expiredAt(Instant now) {
            return !now.isBefore(expiresAt);
        }
    }

    private static final List<String> FIELDS = List.of("id", "verb", "args", "expectedIncarnation", "expiresAt");

    /** Copies the arguments and refuses an order that lacks one with an {@link InvalidValueException}. */
    public Command {
        Require.text("id", id, MAX_ID_LENGTH);
        args = Scalar.sorted(args);
        if (verb == Verb.SET_LEARNING_RATE && !(rate(args).orElse(0) > 0)) {
            throw new InvalidValueException(
                    "args." + LEARNING_RATE,
                    "a positive number",
                    Objects.toString(args.get(LEARNING_RATE), "no such field"));
        }
    }

    /** An order without arguments, to whoever reads it. */
    public static Command of(String id, Verb verb) {
        return new Command(id, verb, Map.of(), Validity.ALWAYS);
    }

    /** The rate to set; always there for {@link Verb#SET_LEARNING_RATE}. */
    public OptionalDouble learningRate() {
        return rate(args);
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        return JsonWriter.object(out -> {
            out.text("id", id);
            out.text("verb", verb.wireName());
            if (!args.isEmpty()) {
                out.object("args", inner -> args.forEach((name, value) -> value.writeTo(inner, name)));
            }
            if (!validity.incarnation().equals(Validity.ANY_INCARNATION)) {
                out.text("expectedIncarnation", validity.incarnation());
            }
            if (!validity.expiresAt().equals(Instant.MAX)) {
                out.text("expiresAt", validity.expiresAt().toString());
            }
        });
    }

    /** Reads a value back; everything but {@code id} and {@code verb} may be missing. */
    public static Command decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(value, Command::read);
    }

    /**
     * Reads a value whose verb is known from elsewhere; everything may be missing, but nothing unknown be there: a guard by a
     * mistyped name would guard nothing.
     *
     * @param verb what the order is; a field {@code verb} must say the same
     * @param otherwise the id of a value without one
     */
    public static Command decode(byte[] value, Verb verb, String otherwise) throws MalformedMessageException {
        return JsonObject.decode(value, in -> {
            for (String name : in.names()) {
                if (!FIELDS.contains(name)) {
                    throw new InvalidValueException(name, "one of " + FIELDS, "an unknown field");
                }
            }
            if (in.has("verb") && in.word("verb", Verb.class) != verb) {
                throw new InvalidValueException("verb", verb.wireName() + ", or no such field", in.text("verb"));
            }
            return read(in, in.has("id") ? in.text("id") : otherwise, verb);
        });
    }

    private static Command read(JsonObject in) throws MalformedMessageException {
        return read(in, in.text("id"), in.word("verb", Verb.class));
    }

    private static Command read(JsonObject in, String id, Verb verb) throws MalformedMessageException {
        String incarnation = in.has("expectedIncarnation") ? in.text("expectedIncarnation") : Validity.ANY_INCARNATION;
        Instant expiresAt = in.has("expiresAt") ? in.time("expiresAt") : Instant.MAX;
        return new Command(id, verb, in.scalars("args"), new Validity(incarnation, expiresAt));
    }

    private static OptionalDouble rate(Map<String, Scalar> args) {
        return switch (args.get(LEARNING_RATE)) {
            case Scalar.Real real -> OptionalDouble.of(real.value());
            case Scalar.Whole whole -> OptionalDouble.of((double) whole.value());
            case Scalar.Text _, Scalar.Flag _ -> OptionalDouble.empty();
            case null -> OptionalDouble.empty();
        };
    }
}
