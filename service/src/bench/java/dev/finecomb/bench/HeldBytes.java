package dev.finecomb.bench;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the memory segments, primitive arrays and engine arrays (on the host) that an object of the service holds, each byte once,
 * however many views of it there are. Objects themselves are not counted, nor what a model alone holds: both are the same with and
 * without sparse layers.
 */
final class HeldBytes {
    private static final String OURS = "dev.finecomb.";
    private static final String MODEL = "dev.finecomb.model.";

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final TreeMap<Long, Long> blocks = new TreeMap<>(); // native: address to the largest size seen there
    private long heap;

    private HeldBytes() {}

    /**
     * What is held.
     *
     * @param heap of it on Java's heap
     * @param outside of it in segments and engine arrays
     */
    record Held(long heap, long outside) {
        long all() {
            return heap + outside;
        }
    }

    static Held of(Object root) throws IllegalAccessException {
        HeldBytes held = new HeldBytes();
        held.waiting.add(root);
        while (!held.waiting.isEmpty()) {
            Object next = held.waiting.pop();
            if (held.seen.add(next)) {
                held.visit(next);
            }
        }
        return new Held(held.heap, held.nativeBytes());
    }

    private void visit(Object object) throws IllegalAccessException {
        switch (object) {
            case Enum<?> _ -> {} // a constant, held by its class
            case MemorySegment segment -> segment(segment);
            case Buffer buffer -> segment(MemorySegment.ofBuffer(buffer));
            case NDArray array -> segment(MemorySegment.ofBuffer(array.toByteBuffer(true)));
            case Map<?, ?> map -> {
                map.keySet().forEach(this::push);
                map.values().forEach(this::push);
            }
            case Iterable<?> items -> items.forEach(this::push);
            case Optional<?> optional -> optional.ifPresent(this::push);
            default -> {
                if (object.getClass().isArray()) {
                    array(object);
                } else if (object.getClass().getName().startsWith(OURS)
                        && !object.getClass().getName().startsWith(MODEL)) {
                    fields(object);
                }
            }
        }
    }

    private void segment(MemorySegment segment) {
        if (segment.isNative()) {
            blocks.merge(segment.address(), segment.byteSize(), Math::max);
        } else {
            segment.heapBase().ifPresent(this::push);
        }
    }

    private void array(Object array) {
        int length = Array.getLength(array);
        Class<?> component = array.getClass().getComponentType();
        if (component.isPrimitive()) {
            heap += length * (long) bytes(component);
        } else {
            for (int i = 0; i < length; i++) {
                push(Array.get(array, i));
            }
        }
    }

    private void fields(Object object) throws IllegalAccessException {
        for (Class<?> type = object.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    push(field.get(object));
                }
            }
        }
    }

    private void push(@Nullable Object object) {
        if (object != null) {
            waiting.push(object);
        }
    }

    /** The union of the native blocks. */
    private long nativeBytes() {
        long bytes = 0;
        long covered = 0;
        for (Map.Entry<Long, Long> block : blocks.entrySet()) {
            long end = block.getKey() + block.getValue();
            bytes += Math.max(0, end - Math.max(covered, block.getKey()));
            covered = Math.max(covered, end);
        }
        return bytes;
    }

    private static int bytes(Class<?> primitive) {
        if (primitive == long.class || primitive == double.class) {
            return Long.BYTES;
        }
        if (primitive == int.class || primitive == float.class) {
            return Integer.BYTES;
        }
        return primitive == short.class || primitive == char.class ? Short.BYTES : 1;
    }
}
