package dev.finecomb.publish;

import dev.finecomb.protocol.MessageKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many records of each kind a step already has: the last part of {@code ce_id}. Part of the trainer's state, because a
 * job that resumes at a step goes on numbering where the committed records of that step ended. Immutable, and its kinds are
 * sorted, so that equal states are written as equal bytes.
 *
 * @param step the newest step that has records
 * @param next the next number by the kind's wire name; kinds without records are absent
 */
public record EventNumbers(long step, Map<String, Long> next) {
    /** No step has any records. */
    public static final EventNumbers NONE = new EventNumbers(0, Map.of());

    private static final long EVENTS_A_LIFE = 1 << 20;

    public EventNumbers {
        next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
    }

    /**
     * The numbers of a job that resumes where records may be visible that its state does not know of. What it trains again it
     * says again, under the same identities; but an event of the step it resumes at, such as the resumption itself, must not
     * take the identity of one that a life before this one published. So those are numbered far above.
     *
     * @param life a number that only grows from life to life, such as the sequence of its next checkpoint
     */
    public EventNumbers eventsAbove(long life) {
        Map<MessageKind, Long> numbers = byKind();
        numbers.merge(MessageKind.EVENT, Math.multiplyExact(life, EVENTS_A_LIFE), Math::max);
        return of(step, numbers);
    }

    static EventNumbers of(long step, Map<MessageKind, Long> next) {
        return new EventNumbers(
                step,
                next.entrySet().stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().wireName(), Map.Entry::getValue)));
    }

    Map<MessageKind, Long> byKind() {
        Map<MessageKind, Long> numbers = new EnumMap<>(MessageKind.class);
        for (MessageKind kind : MessageKind.values()) {
            Long number = next.get(kind.wireName());
            if (number != null) {
                numbers.put(kind, number);
            }
        }
        return numbers;
    }
}
