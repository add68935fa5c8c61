package dev.finecomb.model;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the C library is told on the engine's behalf, before the engine's libraries are loaded. What the environment says
 * itself stands; a C library that has not what is asked for goes without.
 */
final class NativeSettings {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    /** The numbers that glibc's malloc.h gives these. */
    private static final int M_TRIM_THRESHOLD = -1;

    private static final int M_MMAP_THRESHOLD = -3;
    private static final int OLD_LARGEST = 32 << 20;

    private NativeSettings() {}

    static void apply(Map<String, String> environment) {
        if (Stream.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT").noneMatch(environment::containsKey)) {
            waitAsleep();
        }
        boolean told =
                Stream.of("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_").anyMatch(environment::containsKey)
                        || environment.getOrDefault("GLIBC_TUNABLES", "").contains("glibc.malloc");
        if (!told) {
            keepFreedMemory();
        }
    }

    /** The engine's idle threads would spin, on processors that the update's threads need. */
    private static void waitAsleep() {
        function("setenv", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, INT))
                .ifPresent(setenv -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment name = arena.allocateFrom("OMP_WAIT_POLICY");
                        int _ = (int) setenv.invokeExact(name, arena.allocateFrom("passive"), 0);
                    } catch (Throwable e) {
                        throw undeclared(e);
                    }
                });
    }

    /**
     * The gradients of a step would go back to the system when it ends, and every page of them would be cleared and mapped
     * anew in the next; those of more than 64 MiB still are. An older C library takes no more than 32 MiB. To set the second
     * without the first would freeze the first at a small value.
     */
    private static void keepFreedMemory() {
        function("mallopt", FunctionDescriptor.of(INT, INT, INT)).ifPresent(mallopt -> {
            boolean _ =
                    (set(mallopt, M_MMAP_THRESHOLD, Integer.MAX_VALUE) || set(mallopt, M_MMAP_THRESHOLD, OLD_LARGEST))
                            && set(mallopt, M_TRIM_THRESHOLD, Integer.MAX_VALUE);
        });
    }

    private static boolean set(MethodHandle mallopt, int parameter, int value) {
        try {
            return (int) mallopt.invokeExact(parameter, value) == 1;
        } catch (Throwable e) {
            throw undeclared(e);
        }
    }

    @SuppressWarnings("restricted") // what the engine does all the time
    private static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(address -> linker.downcallHandle(address, descriptor));
    }

    private static RuntimeException undeclared(Throwable e) {
        return new IllegalStateException("a function of the C library throws nothing", e);
    }
}
