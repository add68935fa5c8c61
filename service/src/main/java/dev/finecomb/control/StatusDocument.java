package dev.finecomb.control;

import dev.finecomb.status.StateName;
import dev.finecomb.status.Timing;
import dev.finecomb.status.Waiting;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A status record as plain maps, lists, texts and numbers, as JSON has them. Components keep their order and names;
 * what is absent or not finite is left out.
 */
final class StatusDocument {

    private StatusDocument() {}

    static Map<String, Object> of(Record status) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (RecordComponent component : status.getClass().getRecordComponents()) {
            plain(read(status, component)).ifPresent(value -> document.put(component.getName(), value));
        }
        return document;
    }

    private static Optional<Object> plain(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.flatMap(StatusDocument::plain);
            case OptionalDouble number -> number.isPresent() ? plain(number.getAsDouble()) : Optional.empty();
            case OptionalLong number -> number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
            case Double number -> Double.isFinite(number) ? Optional.of(number) : Optional.empty();
            case Timing timing -> Optional.of(timing(timing));
            case Record below -> Optional.of(of(below));
            case Map<?, ?> map -> Optional.of(plainMap(map));
            case List<?> list ->
                Optional.of(list.stream()
                        .map(StatusDocument::plain)
                        .flatMap(Optional::stream)
                        .toList());
            case StateName state -> Optional.of(state.wireName());
            case Waiting waiting -> Optional.of(waiting.wireName());
            case Instant instant -> Optional.of(instant.toString());
            default -> Optional.of(value);
        };
    }

    private static Map<String, Object> plainMap(Map<?, ?> map) {
        Map<String, Object> document = new LinkedHashMap<>();
        map.forEach((key, entry) -> plain(entry).ifPresent(value -> document.put(String.valueOf(key), value)));
        return document;
    }

    private static Map<String, Object> timing(Timing timing) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", timing.count());
        document.put("totalMillis", timing.totalNanos() / 1e6);
        document.put("lastMillis", timing.lastMillis());
        return document;
    }

    private static Object read(Record status, RecordComponent component) {
        try {
            return component.getAccessor().invoke(status);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Can't read " + component, impossible);
        }
    }
}
