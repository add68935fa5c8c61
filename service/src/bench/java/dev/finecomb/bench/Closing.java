package dev.finecomb.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was added to it, the newest first, and gathers what fails. */
final class Closing implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    /** @throws IllegalStateException when any of them failed, with what they threw as suppressed */
    @Override
    public void close() {
        IllegalStateException failed = new IllegalStateException("not all could be closed");
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                failed.addSuppressed(e);
            }
        }
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }
}
