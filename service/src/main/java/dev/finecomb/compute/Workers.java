package dev.finecomb.compute;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed crew: the calling thread and its helpers share out numbered blocks of work, each to whoever is free. One thread calls at a
 * time. What a block does must not depend on who does it, or in which order.
 */
public final class Workers implements AutoCloseable {
    private final int threads;
    private final ExecutorService helpers;

    /**
     * A crew, whose helpers wait without using a processor.
     *
     * @param threads 1 or more, the calling thread being one of them
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", it must be 1 or more");
        }
        this.threads = threads;
        var pool = new ThreadPoolExecutor(
                threads - 1,
                Math.max(1, threads - 1),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("worker-", 1).factory());
        // Now, so that a step can't fail for want of a thread when others are at work already.
        pool.prestartAllCoreThreads();
        this.helpers = pool;
    }

    /**
     * Does the blocks 0 up to {@code blocks} and returns when all are done, interrupted or not.
     *
     * @throws RuntimeException what a block threw first; blocks that had not begun by then are left out
     */
    public void run(int blocks, IntConsumer block) {
        Job job = new Job(blocks, block, Thread.currentThread());
        for (int helper = 1; helper < Math.min(threads, blocks); helper++) {
            helpers.execute(job);
        }
        job.run();
        job.await();
    }

    @Override
    public void close() {
        helpers.shutdown();
    }

    private static final class Job implements Runnable {
        private final int blocks;
        private final IntConsumer block;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Job(int blocks, IntConsumer block, Thread caller) {
            this.blocks = blocks;
            this.block = block;
            this.caller = caller;
        }

        /** A helper that comes when everything is given out leaves at once, and nobody waits for it. */
        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < blocks; i = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        block.accept(i);
                    }
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
                if (done.incrementAndGet() == blocks) {
                    LockSupport.unpark(caller);
                }
            }
        }

        void await() {
            boolean interrupted = false;
            while (done.get() < blocks) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                caller.interrupt();
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException("a block throws no checked exception", e);
            }
        }
    }
}
