package dev.finecomb.publish;

import java.util.List;
import java.util.Optional;

/**
 * One topic of a job, as it is made and as it was found.
 *
 * @param plan how it is made if it is missing
 * @param found what the broker says of it; empty if it does not exist
 * @param problems why the service refuses it, each with its remedy; that it is missing is none of them
 * @param advice what the service puts up with and yet is unlike the plan, each with its remedy
 */
public record TopicReport(TopicPlan plan, Optional<ExistingTopic> found, List<String> problems, List<String> advice) {
    /** Copies the lists. */
    public TopicReport {
        problems = List.copyOf(problems);
        advice = List.copyOf(advice);
    }
}
