package dev.finecomb.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A TorchScript module of our own, without parameters: the way to operations that the engine has and its Java binding has
 * not, and to many operations in one call. Its methods record for a backward pass exactly when the calling thread does.
 *
 * <p>Confined to the thread that trains.
 */
public final class Script {
    private final PtSymbolBlock block;

    private Script(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Compiles a module; no method is optimized or fused by the engine, so its bits do not depend on how often it ran.
     *
     * @param name the class in the source
     * @param source in the language of a module archive's {@code code} folder
     * @param manager owns the module
     * @throws ai.djl.engine.EngineException when the engine does not know the language or an operation
     */
    public static Script load(String name, String source, NDManager manager) {
        try {
            Path archive = Files.createTempFile("finecomb-script", ".pt");
            try {
                write(archive, name, source);
                try (InputStream in = Files.newInputStream(archive)) {
                    return new Script(JniUtils.loadModule((PtNDManager) manager, in, false, false));
                }
            } finally {
                Files.delete(archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder for temporary files can't be used", e);
        }
    }

    private static void write(Path archive, String name, String source) throws IOException {
        try (ZipWriter zip = new ZipWriter(archive)) {
            zip.add("script/data.pkl", MemorySegment.ofArray(instance(name)));
            zip.add("script/code/__torch__.py", text(source));
            zip.add("script/constants.pkl", MemorySegment.ofArray(new byte[] {(byte) 0x80, 2, ')', '.'}));
            zip.add("script/version", text("3\n"));
            zip.finish();
        }
    }

    private static MemorySegment text(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The pickle of an object of the class with the one attribute that every module has; {@link PickleReader} reads it. */
    private static byte[] instance(String name) {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.writeBytes(new byte[] {(byte) 0x80, 2, 'c'});
        pickle.writeBytes(("__torch__\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        pickle.writeBytes(new byte[] {')', (byte) 0x81, '}', 'X', 8, 0, 0, 0});
        pickle.writeBytes("training".getBytes(StandardCharsets.UTF_8));
        pickle.writeBytes(new byte[] {(byte) 0x89, 's', 'b', '.'});
        return pickle.toByteArray();
    }

    /**
     * Runs a method for its effect.
     *
     * @param arguments closed by this call
     */
    public void run(String method, IValue... arguments) {
        call(method, arguments).close();
    }

    /**
     * Runs a method that returns one tensor.
     *
     * @param owner of the result
     * @param arguments closed by this call
     */
    public NDArray compute(NDManager owner, String method, IValue... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toTensor((PtNDManager) owner);
        }
    }

    /**
     * Runs a method that returns a list of tensors.
     *
     * @param owner of the results
     * @param arguments closed by this call
     */
    public NDList computeAll(NDManager owner, String method, IValue... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toNDList((PtNDManager) owner);
        }
    }

    private IValue call(String method, IValue... arguments) {
        try {
            return RecordedCall.run(block, method, Arrays.asList(arguments));
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }
}
