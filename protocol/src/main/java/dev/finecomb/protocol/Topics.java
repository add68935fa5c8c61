package dev.finecomb.protocol;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The names of the topics of one job, {@code <prefix>.<job>.<purpose>}, and of the two that all jobs of a prefix share.
 *
 * <p>A job's name holds no dot, so two different jobs never meet in one topic, transactional id or group id.
 *
 * @param prefix what every topic's name begins with: 1 to 150 of Kafka's legal characters, {@code finecomb} by default
 * @param job the job's name, see {@link Require#job}
 */
public record Topics(String prefix, String job) {
    /** The prefix of a job that configures none. */
    public static final String DEFAULT_PREFIX = "finecomb";

    private static final int MAX_PREFIX_LENGTH = 150;
    private static final Pattern PREFIX =
            Pattern.compile("[A-Za-z0-9_-]([A-Za-z0-9._-]{0," + (MAX_PREFIX_LENGTH - 2) + "}[A-Za-z0-9_-])?");

    /** Refuses names that Kafka would refuse, with an {@link InvalidValueException}. */
    public Topics {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new InvalidValueException(
                    "prefix",
                    "1 to " + MAX_PREFIX_LENGTH + " characters of A-Z a-z 0-9 . _ - without a dot at either end",
                    Require.quote(prefix));
        }
        Require.job("job", job);
    }

    /** In: training batches. */
    public String batches() {
        return ofJob("batches");
    }

    /** In: orders to the job. */
    public String commands() {
        return ofJob("commands");
    }

    /** Out: mask chunks and the manifest that makes a snapshot of them. */
    public String masks() {
        return ofJob("masks");
    }

    /** Out: figures of the steps. */
    public String metrics() {
        return ofJob("metrics");
    }

    /** Out: what happened to the job. */
    public String events() {
        return ofJob("events");
    }

    /** Out: refused records, untouched. */
    public String deadLetters() {
        return ofJob("dead-letters");
    }

    /** Out, shared by the jobs of a prefix: the newest checkpoint manifest per job. */
    public String checkpoints() {
        return prefix + ".checkpoints";
    }

    /** Out, shared by the jobs of a prefix: the newest finished model per job. */
    public String models() {
        return prefix + ".models";
    }

    /** Name of the job's owner: its transactional id and the group id under which its offsets are committed. */
    public String owner() {
        return prefix + "." + job;
    }

    /** Every topic with what its data needs, in the order of the architecture's table. */
    public List<TopicSpec> specs() {
        return List.of(
                TopicSpec.deleted(batches(), Duration.ofDays(7)),
                TopicSpec.deleted(commands(), Duration.ofDays(7)),
                TopicSpec.compacted(masks()),
                TopicSpec.deleted(metrics(), Duration.ofDays(7)),
                TopicSpec.deleted(events(), Duration.ofDays(90)),
                TopicSpec.deleted(deadLetters(), Duration.ofDays(30)),
                TopicSpec.compacted(checkpoints()),
                TopicSpec.compacted(models()));
    }

    private String ofJob(String purpose) {
        return prefix + "." + job + "." + purpose;
    }
}
