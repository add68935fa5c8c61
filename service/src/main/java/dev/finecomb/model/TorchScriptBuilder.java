package dev.finecomb.model;

import dev.finecomb.model.ScriptModule.Child;
import dev.finecomb.model.ScriptModule.Fill;
import dev.finecomb.model.ScriptModule.Member;
import dev.finecomb.model.ScriptModule.Parameter;
import dev.finecomb.model.ScriptModule.Values;
import dev.finecomb.model.ScriptModule.Whole;
import dev.finecomb.protocol.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes a network as a TorchScript archive, as {@code torch.jit.save} would: {@code code/} holds the classes, {@code data.pkl} the
 * objects, {@code data/<key>} the tensors. The same network and seed give the same bytes. In memory is one tensor at a time.
 */
public final class TorchScriptBuilder {
    private static final String PREFIX = "model/";
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<String, String> sources = new LinkedHashMap<>(); // by class
    private final Map<String, StringBuilder> files = new LinkedHashMap<>(); // by the classes' file
    private final List<Values> tensors = new ArrayList<>(); // their places are their storages' keys
    private final PickleWriter pickle = new PickleWriter();
    private final SplittableRandom random;

    private TorchScriptBuilder(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /**
     * Writes the archive.
     *
     * @param network the root module
     * @param seed of all random values
     * @throws IllegalArgumentException when two modules of one class have different sources, or for a tensor that can't be made
     */
    public static void write(ScriptModule network, long seed, Path file) throws IOException {
        TorchScriptBuilder builder = new TorchScriptBuilder(seed);
        builder.module(network);
        try (ZipWriter zip = new ZipWriter(file)) {
            builder.write(zip);
            zip.finish();
        }
    }

    private void module(ScriptModule module) {
        pickle.beginObject(module.type());
        module.members().forEach(this::attribute);
        pickle.text("training");
        pickle.flag(true);
        pickle.endObject();
        declare(module);
    }

    private void attribute(Member member) {
        pickle.text(member.name());
        switch (member) {
            case Values values -> {
                String key = Integer.toString(tensors.size());
                tensors.add(values);
                pickle.tensor(key, values.dtype(), values.shape(), values instanceof Parameter);
            }
            case Whole whole -> pickle.whole(whole.value());
            case Child child -> module(child.module());
        }
    }

    private void declare(ScriptModule module) {
        String source = module.source();
        String known = sources.putIfAbsent(module.type(), source);
        if (known == null) {
            files.computeIfAbsent(module.sourceFile(), file -> new StringBuilder())
                    .append(source);
        } else if (!known.equals(source)) {
            throw new IllegalArgumentException(
                    "two modules of the class " + module.type() + " differ in more than values");
        }
    }

    private void write(ZipWriter zip) throws IOException {
        for (int key = 0; key < tensors.size(); key++) {
            try (Arena arena = Arena.ofConfined()) {
                zip.add(PREFIX + "data/" + key, values(tensors.get(key), arena));
            }
        }
        add(zip, "data.pkl", pickle.finish());
        for (Map.Entry<String, StringBuilder> file : files.entrySet()) {
            String name = "code/" + file.getKey().replace('.', '/') + ".py";
            add(zip, name, file.getValue().toString().getBytes(StandardCharsets.UTF_8));
        }
        add(zip, "constants.pkl", PickleWriter.emptyTuple());
        add(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    }

    private static void add(ZipWriter zip, String name, byte[] content) throws IOException {
        zip.add(PREFIX + name, MemorySegment.ofArray(content));
    }

    private MemorySegment values(Values tensor, Arena arena) {
        long elements = PickleWriter.elements(tensor.shape());
        MemorySegment values = arena.allocate(elements * tensor.dtype().bytes(), Long.BYTES);
        switch (tensor.fill()) {
            case Fill.Constant(long value) -> fill(values, tensor.dtype(), value);
            case Fill.Uniform(double bound) -> {
                if (tensor.dtype() != DType.F32) {
                    throw new IllegalArgumentException(
                            "random values of type " + tensor.dtype() + " for " + tensor.name());
                }
                SplittableRandom own = random.split();
                for (long i = 0; i < elements; i++) {
                    values.setAtIndex(FLOAT, i, (float) ((own.nextDouble() * 2 - 1) * bound));
                }
            }
        }
        return values;
    }

    private static void fill(MemorySegment values, DType dtype, long value) {
        long elements = values.byteSize() / dtype.bytes();
        for (long i = 0; i < elements; i++) {
            if (dtype == DType.I64) {
                values.setAtIndex(LONG, i, value);
            } else {
                values.setAtIndex(FLOAT, i, (float) value);
            }
        }
    }
}
