package dev.finecomb.model;

import ai.djl.engine.Engine;

/**
 * Loads the engine's native libraries on a thread of its own: that takes about as long as everything else that a start does
 * before it needs them. Whoever needs them meanwhile waits; if they can't be loaded, the next who asks tries again and
 * fails in its own words.
 */
public final class EngineStart implements AutoCloseable {
    private final Thread thread =
            Thread.ofPlatform().daemon().name("engine-start").unstarted(EngineStart::load);

    private EngineStart() {}

    /** Begins to load; what the engine reads from system properties must be set. */
    public static EngineStart begin() {
        // On this thread: what it changes of the environment, others must not be reading.
        NativeSettings.apply(System.getenv());
        var start = new EngineStart();
        start.thread.start();
        return start;
    }

    private static void load() {
        try {
            Engine.getEngine(ModelLoader.ENGINE);
        } catch (RuntimeException | LinkageError toldByWhoNeedsIt) {
            // The model's loader meets the same failure where its reaction is chosen.
        }
    }

    /** Waits for the end of the loading: a process must not end in the middle of it. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
