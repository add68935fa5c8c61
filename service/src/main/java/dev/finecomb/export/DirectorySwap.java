package dev.finecomb.export;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Puts a finished directory in the place of another.
 *
 * <p>Linux can exchange two directories in one step ({@code renameat2} with {@code RENAME_EXCHANGE}), which Java has no
 * call for: then a reader finds the old or the new files at any moment. Where the system or the file system can't, two
 * renames do it, between which the directory is absent for a moment, never mixed; {@link #recover} repairs a crash there.
 */
final class DirectorySwap {
    private static final int AT_WORKING_DIRECTORY = -100;
    private static final int EXCHANGE = 2;

    private DirectorySwap() {}

    /** Moves {@code fresh} to {@code target}; what was there is deleted. Both lie in the same directory. */
    static void replace(Path fresh, Path target) throws IOException {
        replace(fresh, target, DirectorySwap::exchange);
    }

    /** Swaps two directories in one step, or answers false and has done nothing. */
    interface Exchange {
        boolean apply(Path one, Path other);
    }

    static void replace(Path fresh, Path target, Exchange exchange) throws IOException {
        Path parent = parent(target);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(parent);
        } else if (exchange.apply(fresh, target)) {
            DurableFiles.forceDirectory(parent);
            DurableFiles.deleteFlat(fresh);
        } else {
            Path retired = retired(target);
            Files.move(target, retired, StandardCopyOption.ATOMIC_MOVE);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(parent);
            DurableFiles.deleteFlat(retired);
        }
    }

    /** Finishes what a crash in the middle of {@link #replace} left behind. */
    static void recover(Path target) throws IOException {
        Path retired = retired(target);
        if (!Files.exists(retired)) {
            return;
        }
        if (Files.exists(target)) {
            DurableFiles.deleteFlat(retired);
        } else {
            Files.move(retired, target, StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFiles.forceDirectory(parent(target));
    }

    static Path parent(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file system's root can't be an export's directory");
        }
        return parent;
    }

    private static Path retired(Path target) {
        return parent(target).resolve("." + target.getFileName() + ".replaced");
    }

    @SuppressWarnings("restricted")
    static boolean exchange(Path one, Path other) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("renameat2");
        if (function.isEmpty()) {
            return false;
        }
        MethodHandle rename = linker.downcallHandle(
                function.get(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            return (int) rename.invokeExact(
                            AT_WORKING_DIRECTORY, name(arena, one), AT_WORKING_DIRECTORY, name(arena, other), EXCHANGE)
                    == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function that throws", impossible);
        }
    }

    private static MemorySegment name(Arena arena, Path path) {
        return arena.allocateFrom(path.toAbsolutePath().toString(), StandardCharsets.UTF_8);
    }
}
