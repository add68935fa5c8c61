package dev.finecomb.fuzz;

import java.util.Optional;
import java.util.function.Function;

/** What turns bytes from outside into a {@code T}, as a fuzzer sees it. */
public interface Decoder<T> {
    /** Decodes; empty when the value was refused with the one kind of refusal that the decoder documents. */
    Optional<T> decode(byte[] value) throws Exception;

    /** Holds what was accepted to its promises; throws an {@link AssertionError} if it breaks one. */
    void check(T accepted) throws Exception;

    /** Decodes a value, or refuses it by an exception. */
    @FunctionalInterface
    interface Reading<T> {
        /** The value, read. */
        T read(byte[] value) throws Exception;
    }

    /** A decoder that refuses with this exception only, and whose encoder gives back what was decoded. */
    static <T> Decoder<T> of(Class<? extends Exception> refusal, Reading<T> reading, Function<T, byte[]> encoder) {
        return of(refusal, reading, encoder, value -> value);
    }

    /** The same where equality needs a view of the value. */
    static <T> Decoder<T> of(
            Class<? extends Exception> refusal,
            Reading<T> reading,
            Function<T, byte[]> encoder,
            Function<T, ? extends Object> view) {
        return new Decoder<>() {
            @Override
            public Optional<T> decode(byte[] value) throws Exception {
                try {
                    return Optional.of(reading.read(value));
                } catch (Exception e) {
                    if (refusal.isInstance(e)) {
                        return Optional.empty();
                    }
                    throw e;
                }
            }

            @Override
            public void check(T accepted) throws Exception {
                T again = reading.read(encoder.apply(accepted));
                if (!view.apply(again).equals(view.apply(accepted))) {
                    throw new AssertionError("accepted " + accepted + ", which comes back as " + again);
                }
            }
        };
    }
}
