package dev.finecomb.bench;

/** Hears what is going on while a measurement takes its time. */
@FunctionalInterface
public interface Progress {
    /** One line, without its end. */
    void note(String line);
}
