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

    public EventNumbers {
        next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
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
