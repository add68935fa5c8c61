package dev.finecomb.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** New values for tensors, turned into new contents of the storages that they lie in. */
final class StorageUpdate {
    private final Map<String, ArchivedTensor> tensors = new LinkedHashMap<>();

    StorageUpdate(List<ArchivedTensor> tensors) {
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    /** The changed storages by key. */
    Map<String, MemorySegment> apply(Map<String, ByteBuffer> values) {
        Map<String, List<ArchivedTensor>> byStorage = new LinkedHashMap<>();
        for (Map.Entry<String, ByteBuffer> value : values.entrySet()) {
            ArchivedTensor tensor = tensors.get(value.getKey());
            if (tensor == null) {
                throw new IllegalArgumentException("the model has no tensor " + value.getKey());
            }
            long expected = tensor.elements() * tensor.dtype().bytes();
            if (value.getValue().remaining() != expected) {
                throw new IllegalArgumentException("tensor " + value.getKey() + " takes " + expected + " bytes, not "
                        + value.getValue().remaining());
            }
            byStorage
                    .computeIfAbsent(tensor.placement().storage(), key -> new ArrayList<>())
                    .add(tensor);
        }
        Map<String, MemorySegment> changed = new LinkedHashMap<>();
        byStorage.forEach((key, sharing) -> changed.put(key, storage(sharing, values)));
        return changed;
    }

    private static MemorySegment storage(List<ArchivedTensor> sharing, Map<String, ByteBuffer> values) {
        MemorySegment before = sharing.getFirst().placement().bytes();
        MemorySegment storage = Arena.ofAuto().allocate(before.byteSize(), Long.BYTES);
        storage.copyFrom(before);
        for (ArchivedTensor tensor : sharing) {
            StridedLayout.of(tensor).scatter(value(tensor, values), storage);
        }
        for (ArchivedTensor tensor : sharing) {
            if (sharing.size() > 1 && StridedLayout.of(tensor).gather(storage).mismatch(value(tensor, values)) >= 0) {
                throw new IllegalArgumentException(
                        "tensor " + tensor.name() + " shares memory with another but was given a different value");
            }
        }
        return storage;
    }

    private static MemorySegment value(ArchivedTensor tensor, Map<String, ByteBuffer> values) {
        ByteBuffer value = values.get(tensor.name());
        if (value == null) {
            throw new IllegalStateException("no value for " + tensor.name());
        }
        return MemorySegment.ofBuffer(value);
    }
}
