package dev.finecomb.loop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What the loop takes from the machine it runs on: time, and a second thread. A simulation brings its own. */
public interface Host {
    /** Wall time, for what is written down; no result depends on it. */
    InstantSource clock();

    /** Nanoseconds since some moment, for measuring how long something takes. */
    long nanoTime();

    /** Lets the calling thread wait. */
    void sleep(Duration duration) throws InterruptedException;

    /** A thread that does one task after another; shut down by whoever asked for it. */
    ExecutorService newThread(String name);

    /** The real one, with that wall clock. */
    static Host system(InstantSource clock) {
        return new Host() {
            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            }

            @Override
            public ExecutorService newThread(String name) {
                return Executors.newSingleThreadExecutor(
                        task -> Thread.ofPlatform().name(name).daemon().unstarted(task));
            }
        };
    }
}
