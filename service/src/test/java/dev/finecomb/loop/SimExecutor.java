package dev.finecomb.loop;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An executor of one simulated thread; waiting for its futures is waiting in simulated time. */
final class SimExecutor extends AbstractExecutorService {
    private final SimWorld world;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final SimThread worker;
    private boolean shutDown;

    SimExecutor(SimWorld world, SimProcess process, String name) {
        this.world = world;
        this.worker = process.newThread(name, this::work);
    }

    private void work() {
        while (true) {
            world.await("idle", () -> shutDown || !tasks.isEmpty(), Long.MAX_VALUE);
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    @Override
    public <T> Future<T> submit(Callable<T> task) {
        SimFuture<T> future = new SimFuture<>(task);
        execute(future);
        return future;
    }

    @Override
    public void execute(Runnable task) {
        if (shutDown) {
            throw new java.util.concurrent.RejectedExecutionException("shut down");
        }
        tasks.add(task);
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left = List.copyOf(tasks);
        tasks.clear();
        shutDown = true;
        worker.interrupt();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return worker.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return world.await("termination", worker::isDone, unit.toNanos(timeout));
    }

    /** What became of a task. */
    private final class SimFuture<T> implements Future<T>, Runnable {
        private final Callable<T> task;
        private boolean done;
        private @Nullable T result;
        private @Nullable Throwable failure;

        SimFuture(Callable<T> task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                result = task.call();
            } catch (InvariantViolation e) {
                throw e;
            } catch (Throwable e) {
                failure = e;
            }
            done = true;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            throw new CancellationException("the simulation cancels nothing");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            try {
                return get(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new IllegalStateException("eternity passed", e);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // A task may well return null.
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            if (!done) {
                world.await("future", () -> done, unit.toNanos(timeout));
                world.throwIfInterrupted();
            }
            if (!done) {
                throw new TimeoutException();
            }
            if (failure != null) {
                throw new ExecutionException(failure);
            }
            return result;
        }
    }
}
