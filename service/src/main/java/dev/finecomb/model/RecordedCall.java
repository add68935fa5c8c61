package dev.finecomb.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * A call of a module's method that the engine records for a backward pass if the thread records, and that leaves nothing
 * behind when the module refuses its inputs.
 *
 * <p>The engine's own {@link IValueUtils#forward(PtSymbolBlock, NDList, boolean)} keeps the inputs in native memory for
 * ever when the module throws, so that a stream of malformed batches would eat the machine; its other forms release them
 * but record nothing. The call beneath both is not public, hence the look-up.
 */
final class RecordedCall {
    private static final MethodHandle RUN;
    private static final MethodHandle VALUE;

    static {
        try {
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(IValueUtils.class, MethodHandles.lookup());
            Class<?> library = inside.findClass("ai.djl.pytorch.jni.PyTorchLibrary");
            MethodType type = MethodType.methodType(
                    long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
            RUN = inside.findVirtual(library, "moduleRunMethod", type)
                    .bindTo(inside.findStaticVarHandle(library, "LIB", library).get());
            VALUE = inside.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of the engine's Java binding has another inside", e);
        }
    }

    private RecordedCall() {}

    /**
     * Runs the module.
     *
     * @return its outputs, owned by the inputs' manager
     * @throws ai.djl.engine.EngineException when the module refuses the inputs
     */
    static NDList forward(PtSymbolBlock block, List<NDArray> inputs) {
        PtNDManager manager = (PtNDManager) inputs.getFirst().getManager();
        List<IValue> arguments =
                inputs.stream().map(input -> IValue.from((PtNDArray) input)).toList();
        try (IValue outputs = run(block, "forward", arguments)) {
            return outputs.toNDList(manager);
        } finally {
            arguments.forEach(IValue::close);
        }
    }

    /**
     * Runs a method.
     *
     * @param arguments stay the caller's
     * @throws ai.djl.engine.EngineException when the method refuses the arguments
     */
    static IValue run(PtSymbolBlock block, String method, List<IValue> arguments) {
        long[] handles = arguments.stream().mapToLong(IValue::getHandle).toArray();
        try {
            long result = (long) RUN.invokeExact((long) block.getHandle(), method, handles, true, false);
            return (IValue) VALUE.invokeExact(result);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the engine's call declares no checked exception", e);
        }
    }
}
