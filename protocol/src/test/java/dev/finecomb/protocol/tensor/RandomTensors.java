package dev.finecomb.protocol.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded tensors of every type and of small, sometimes empty, shapes. */
final class RandomTensors {
    private static final String ALPHABET = "ab.\"\\/\n\t\u0001\u007f\u00e9\u20ac";

    private static final List<DType> TYPES = List.of(DType.values());

    private final SplittableRandom random;

    RandomTensors(long seed) {
        this.random = new SplittableRandom(seed);
    }

    List<Tensor> list() {
        List<Tensor> tensors = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            tensors.add(tensor(i + text()));
        }
        return tensors;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return random.nextInt(4) == 0 ? text.append("\ud83d\udc0d").toString() : text.toString();
    }

    private Tensor tensor(String name) {
        DType dtype = TYPES.get(random.nextInt(TYPES.size()));
        List<Long> shape = new ArrayList<>();
        int rank = random.nextInt(4);
        for (int axis = 0; axis < rank; axis++) {
            shape.add((long) random.nextInt(5));
        }
        byte[] bytes = new byte[(int) Shapes.bytes(dtype, shape)];
        random.nextBytes(bytes);
        return new Tensor(name, dtype, shape, ByteBuffer.wrap(bytes));
    }
}
