package dev.finecomb.loop;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request of a client to the broker, from its sending to its answer. */
final class SimRequest {
    /** What the broker says. */
    sealed interface Answer {
        /** Done; {@code epoch} is the producer's from now on. */
        record Done(long epoch) implements Answer {}

        /** Refused. */
        record Refused(RuntimeException error) implements Answer {}

        /** Come again: a transaction is still being completed. */
        record NotYet() implements Answer {}
    }

    private final SimProcess from;
    private final String what;
    private final Supplier<Answer> effect;
    private final boolean isRepeatable;
    private final long sentAt;
    private long dueAt;
    private boolean tried;
    private @Nullable Answer taken;
    private @Nullable Answer answer;
    private Consumer<Answer> listener = _ -> {};
    private Optional<SimRequest> before = Optional.empty();
    private boolean dropped;

    SimRequest(SimProcess from, String what, Supplier<Answer> effect, boolean isRepeatable, long sentAt, long dueAt) {
        this.from = from;
        this.what = what;
        this.effect = effect;
        this.isRepeatable = isRepeatable;
        this.sentAt = sentAt;
        this.dueAt = dueAt;
    }

    /** The request is at the broker: it takes effect, once unless a repetition is another request to the broker. */
    Answer reach() {
        Answer known = taken;
        if (known != null && !isRepeatable) {
            return known;
        }
        Answer now = effect.get();
        if (!(now instanceof Answer.NotYet)) {
            taken = now;
        }
        return now;
    }

    void answered(Answer now) {
        answer = now;
        listener.accept(now);
    }

    void listener(Consumer<Answer> hears) {
        listener = hears;
    }

    /** Lets it arrive only after another: the order that sequence numbers give the records of a partition. */
    void after(SimRequest earlier) {
        before = Optional.of(earlier);
    }

    /** Whether what has to come before it has not been at the broker yet. */
    boolean isOutOfOrder() {
        return before.isPresent() && before.get().taken == null && !before.get().dropped;
    }

    /** Whether what had to come before it will never come. */
    boolean isOrphaned() {
        return before.isPresent() && before.get().taken == null && before.get().dropped;
    }

    /** It is sent no more. */
    void drop() {
        dropped = true;
    }

    boolean isAnswered() {
        return answer != null;
    }

    Optional<Answer> answer() {
        return Optional.ofNullable(answer);
    }

    SimProcess from() {
        return from;
    }

    long sentAt() {
        return sentAt;
    }

    long dueAt() {
        return dueAt;
    }

    void dueAt(long nanos) {
        dueAt = nanos;
    }

    boolean wasTried() {
        return tried;
    }

    void tried() {
        tried = true;
    }

    @Override
    public String toString() {
        return from + " -> broker " + what;
    }
}
