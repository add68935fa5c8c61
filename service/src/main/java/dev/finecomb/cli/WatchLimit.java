package dev.finecomb.cli;

import picocli.CommandLine.Option;

/** After how much a command that shows things ends by itself. */
final class WatchLimit {
    @Option(names = "--limit", paramLabel = "NUMBER", description = "End after so many; by default at Ctrl-C.")
    private long limit = Long.MAX_VALUE;

    /** Refuses a limit under which there would be nothing to show. */
    void requireSensible(BrokerOptions broker) {
        if (limit < 1) {
            throw broker.wrong("--limit is " + limit + "; at least 1 is expected, such as 20");
        }
    }

    /** Whether nothing more is wanted after so many. */
    boolean isReached(long shown) {
        return shown >= limit;
    }
}
