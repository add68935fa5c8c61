package dev.finecomb.app;

import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.CommandSource;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.publish.Publisher;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Sees to the topics and makes the Kafka clients on a thread of its own while the training thread loads the model: the two
 * take about the same time, and neither needs the other.
 */
final class Connecting implements AutoCloseable {
    private final FutureTask<Connected> task;
    private final Thread thread;

    /** Clients of topics that are in order. */
    record Connected(BatchSource source, CommandSource commands, Publisher publisher) {
        void close() {
            try (source;
                    commands;
                    publisher) {
                // The publisher first: its open transaction is in others' way.
            }
        }
    }

    private Connecting(JobFactory factory, StartStages stages) {
        this.task = new FutureTask<>(() -> connect(factory, stages));
        this.thread = Thread.ofPlatform().daemon().name("connecting").unstarted(task);
    }

    /** Begins to connect. */
    static Connecting begin(JobFactory factory, StartStages stages) {
        var connecting = new Connecting(factory, stages);
        connecting.thread.start();
        return connecting;
    }

    private static Connected connect(JobFactory factory, StartStages stages)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        long began = stages.begin();
        factory.checkTopics();
        BatchSource source = factory.source();
        try {
            Connected connected = connect(factory, source);
            stages.end("broker", began);
            return connected;
        } catch (RestartLaterException | OperatorNeededException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static Connected connect(JobFactory factory, BatchSource source)
            throws RestartLaterException, OperatorNeededException {
        CommandSource commands = factory.commands();
        try {
            return new Connected(source, commands, factory.publisher());
        } catch (RestartLaterException | OperatorNeededException | RuntimeException e) {
            commands.close();
            throw e;
        }
    }

    /** Waits for the clients, which stay this object's to close; fails as making them failed. */
    Connected await() throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RestartLaterException later -> throw later;
                case OperatorNeededException needed -> throw needed;
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException unforeseen -> throw unforeseen;
                case null, default -> throw new IllegalStateException("connecting failed", e.getCause());
            }
        }
    }

    /** Closes the clients; if they are still being made, that is broken off. */
    @Override
    public void close() {
        if (!task.isDone()) {
            thread.interrupt();
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get().close();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException nothingMade) {
                    return;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
