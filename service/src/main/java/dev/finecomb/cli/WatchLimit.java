package dev.finecomb.cli;

import picocli.CommandLine.Option;

/** After how much a command that shows things ends by itself. */
final class WatchLimit {
    @Option(names = "--limit", paramLabel = "NUMBER", description = "End after so many; by default at Ctrl-C.")
    private long limit = Long.MAX_VALUE;

    /** Whether nothing more is wanted after so many. */
    boolean isReached(long shown) {
        return shown >= limit;
    }
}
