package dev.finecomb.status;

/**
 * What the job hangs up for those who look at it. The loop writes, any thread reads.
 *
 * @param status everything about the job at this moment
 * @param history how its figures came about
 * @param masks which weights live
 */
public record Boards(StatusBoard status, History history, MaskBoard masks) {

    /** A status board with a history and masks that are still empty. */
    public static Boards around(StatusBoard status) {
        return new Boards(status, new History(), new MaskBoard());
    }
}
