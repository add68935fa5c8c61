package dev.finecomb.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A value of a pickle, inert: classes and functions are only names, calls are only recorded.
 *
 * <p>Lists and mappings are filled while the pickle is read and may contain themselves, so nothing here may be compared
 * or printed without a bound on the depth.
 */
sealed interface Pickled {

    /** Python's {@code None}. */
    record Nothing() implements Pickled {}

    /** A {@code bool}. */
    record Flag(boolean value) implements Pickled {}

    /** An {@code int} that fits into 64 bits. */
    record Whole(long value) implements Pickled {}

    /** A {@code float}. */
    record Real(double value) implements Pickled {}

    /** A {@code str}. */
    record Text(String value) implements Pickled {}

    /** A tuple or a list. */
    record Sequence(List<Pickled> items) implements Pickled {}

    /** A {@code dict}, in insertion order. */
    record Mapping(List<Entry> entries) implements Pickled {}

    /** The name of a class or function out of the closed set that {@link PickleReader} admits. */
    record Global(String module, String name) implements Pickled {
        String qualifiedName() {
            return module + "." + name;
        }
    }

    /** A reference out of the pickle: the identification of a tensor storage. */
    record Persistent(Pickled id) implements Pickled {}

    /** A call that was recorded, not made. */
    record Call(Global function, List<Pickled> arguments) implements Pickled {}

    /** One pair of a mapping. */
    record Entry(Pickled key, Pickled value) {}

    /** An object of a class that is only a name; compared by identity. */
    final class Instance implements Pickled {
        private final Global type;
        private Pickled state = new Mapping(new ArrayList<>());

        Instance(Global type) {
            this.type = type;
        }

        Global type() {
            return type;
        }

        Pickled state() {
            return state;
        }

        void build(Pickled newState) {
            state = newState;
        }
    }
}
