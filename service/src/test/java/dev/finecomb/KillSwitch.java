package dev.finecomb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends this very process by SIGKILL at a named moment, after saying so in a file. The process signals itself through the C
 * library, so that between the moment and the signal there is nothing but the file.
 */
public final class KillSwitch {
    private static final String POINT = "kill.point";
    private static final String AFTER = "kill.after";
    private static final String DELAY = "kill.delay-micros";
    private static final String ANNOUNCEMENT = "kill.announcement";
    private static final int SIGKILL = 9;
    /** Linked when the switch is made, not when it fires. */
    private static final MethodHandle KILL = killOfTheCLibrary();

    private final Optional<KillPoint> armed;
    private final AtomicInteger left;
    private final long delayMicros;
    private final Path announcement;

    private KillSwitch(Optional<KillPoint> armed, int after, long delayMicros, Path announcement) {
        this.armed = armed;
        this.left = new AtomicInteger(after);
        this.delayMicros = delayMicros;
        this.announcement = announcement;
    }

    /** A piece of work that may be interrupted by death. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }

    /**
     * When a process is to die.
     *
     * @param point where
     * @param after the how manieth time that it is there, from 1
     * @param delayMicros for what lasts, such as a step: so long after it began
     */
    public record Plan(KillPoint point, int after, long delayMicros) {
        /** The JVM's arguments that bring the plan to {@link #ofProperties()}. */
        public List<String> arguments(Path announcement) {
            return new ArrayList<>(List.of(
                    "-D" + POINT + "=" + point.label(),
                    "-D" + AFTER + "=" + after,
                    "-D" + DELAY + "=" + delayMicros,
                    "-D" + ANNOUNCEMENT + "=" + announcement.toAbsolutePath()));
        }
    }

    /** The switch that the system properties arm, or one that never fires. */
    public static KillSwitch ofProperties() {
        Optional<KillPoint> armed = Optional.ofNullable(System.getProperty(POINT))
                .map(label -> Arrays.stream(KillPoint.values())
                        .filter(point -> point.label().equals(label))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no such kill point: " + label)));
        return new KillSwitch(
                armed,
                Integer.getInteger(AFTER, 1),
                Long.getLong(DELAY, 0),
                Path.of(System.getProperty(ANNOUNCEMENT, "killed")));
    }

    /** Dies if this is the moment. */
    public void at(KillPoint here) {
        if (isDue(here)) {
            die(here);
        }
    }

    /** Counts that the process is here, and says whether it is to die here and now. */
    public boolean isDue(KillPoint here) {
        return armed.filter(point -> point == here).isPresent() && left.decrementAndGet() <= 0;
    }

    /**
     * Does work, and dies in the middle of it if this is the moment, by the hand of another thread. Work that was done
     * sooner than that is survived; the next of its kind then dies earlier after its beginning.
     *
     * @param begun whether the work has come so far that it may be interrupted; asked again and again meanwhile
     */
    public <T extends @Nullable Object, E extends Exception> T during(
            KillPoint here, BooleanSupplier begun, Work<T, E> work) throws E {
        if (!isDue(here)) {
            return work.run();
        }
        var inside = new Inside();
        var ready = new CountDownLatch(1);
        long delayNanos = (delayMicros * 1000) >> Math.min(30, -left.get());
        Thread.ofPlatform().daemon().name("killer").start(() -> {
            ready.countDown();
            while (!begun.getAsBoolean() && !inside.isOver()) {
                Thread.onSpinWait();
            }
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < delayNanos) {
                Thread.onSpinWait();
            }
            inside.dieIfStill(here);
        });
        try {
            ready.await();
            return work.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            inside.end();
        }
    }

    /** Whether the work is still being done; its end waits for a death that has begun. */
    private final class Inside {
        private boolean over;

        synchronized boolean isOver() {
            return over;
        }

        synchronized void end() {
            over = true;
        }

        synchronized void dieIfStill(KillPoint here) {
            if (!over) {
                die(here);
            }
        }
    }

    /** Says where, and dies; does not return. */
    public void die(KillPoint here) {
        try {
            Files.writeString(announcement, here.label());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        killSelf();
        while (true) {
            LockSupport.park();
        }
    }

    private static void killSelf() {
        try {
            int _ = (int) KILL.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // The only way to a signal without another process.
    private static MethodHandle killOfTheCLibrary() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("kill").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
