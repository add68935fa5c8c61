package dev.finecomb.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** Real threads, and a time that passes only when somebody sleeps, which takes no time. */
final class QuickHost implements Host {
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();

    @Override
    public InstantSource clock() {
        return () -> Instant.EPOCH.plusNanos(nanos.get());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted in its sleep");
        }
        sleeps.add(duration);
        nanos.addAndGet(duration.toNanos());
    }

    /** What was slept, by any thread. */
    List<Duration> sleeps() {
        return sleeps;
    }

    @Override
    public ExecutorService newThread(String name) {
        return Host.system(clock()).newThread(name);
    }
}
