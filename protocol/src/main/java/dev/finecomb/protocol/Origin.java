package dev.finecomb.protocol;

/**
 * Where in which job's history something belongs.
 *
 * @param job the job's name
 * @param incarnation which uninterrupted history of that job
 * @param step how many optimizer updates it had seen, 0 before the first
 */
public record Origin(String job, String incarnation, long step) {
    /** Refuses illegal names and negative steps with an {@link InvalidValueException}. */
    public Origin {
        Require.job("job", job);
        Require.incarnation("incarnation", incarnation);
        Require.atLeast("step", step, 0);
    }

    /** The same history at another step. */
    public Origin at(long otherStep) {
        return new Origin(job, incarnation, otherStep);
    }
}
