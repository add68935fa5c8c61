package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NativeSettingsTest {
    @Test
    void theLibrariesSeeThatIdleThreadsAreToSleep() throws Throwable {
        NativeSettings.apply(Map.of());
        assertThat(seen("OMP_WAIT_POLICY")).isEqualTo("passive");
    }

    /** As a library that is loaded later sees it; {@link System#getenv} is a copy made at the start. */
    @SuppressWarnings("restricted")
    private static String seen(String name) throws Throwable {
        Linker linker = Linker.nativeLinker();
        var getenv = linker.downcallHandle(
                linker.defaultLookup().find("getenv").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (var arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(name));
            byte[] bytes = value.reinterpret(7).toArray(ValueLayout.JAVA_BYTE);
            return new String(bytes, StandardCharsets.US_ASCII);
        }
    }
}
