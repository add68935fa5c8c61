package dev.finecomb.cli;

/** How the process ends, for whoever started it. The numbers are those of {@code sysexits.h}. */
public enum ExitCode {
    /** It did what it was told. */
    DONE(0),
    /** What was looked at was read, and is not as promised. */
    BROKEN_PROMISE(1),
    /** The command line can't be understood. */
    USAGE(64),
    /** Another start may succeed: the broker was away, or another process owns the job. */
    RETRY(75),
    /** No start will succeed before somebody changed the configuration or the data. */
    CONFIGURATION(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the process ends with. */
    public int code() {
        return code;
    }
}
