package dev.finecomb.publish;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.ClientFailure;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.security.JobRights;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The at-least-once conversation, for brokers without transactions: every record is acknowledged before the offsets are
 * committed, so nothing is ever missing, and what a crash in between repeats has the same {@code ce_id} and content.
 *
 * <pre>
 *   CREATED --takeOwnership--> OWNER --commit--> OWNER  Committed, Unavailable
 *                              OWNER --commit--> ENDED  OwnershipLost, Refused
 * </pre>
 *
 * <p>The offsets' pointer is the truth here too, although a later manifest may lie in the checkpoints topic. <b>Nothing keeps
 * two owners apart:</b> without transactions a broker has no fence, so whoever deploys the service has to see to it that a
 * job runs once.
 */
public final class RepeatingPublisher implements Publisher {
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private enum State {
        CREATED,
        OWNER,
        ENDED
    }

    private final Producer<byte @Nullable [], byte @Nullable []> producer;
    private final GroupOffsets offsets;
    private final Topics topics;
    private final InstantSource clock;
    private final JobRights rights;
    private State state = State.CREATED;

    RepeatingPublisher(
            Producer<byte @Nullable [], byte @Nullable []> producer,
            GroupOffsets offsets,
            KafkaConfig config,
            InstantSource clock) {
        this.producer = producer;
        this.offsets = offsets;
        this.topics = new Topics(config.prefix(), config.job());
        this.clock = clock;
        this.rights = JobRights.ofService(config);
    }

    /**
     * Makes the clients; they connect lazily.
     *
     * @param clock for {@code ce_time} of the checkpoint records only
     * @throws RestartLaterException if the brokers' names cannot be resolved
     * @throws OperatorNeededException if the configured client properties are impossible
     */
    public static RepeatingPublisher open(KafkaConfig config, InstantSource clock)
            throws RestartLaterException, OperatorNeededException {
        String owner = new Topics(config.prefix(), config.job()).owner();
        try {
            Admin admin = Admin.create(ClientSettings.admin(config));
            try {
                var producer = new KafkaProducer<byte @Nullable [], byte @Nullable []>(
                        ProducerSettings.withoutTransactions(config));
                return new RepeatingPublisher(producer, GroupOffsets.of(admin, owner), config, clock);
            } catch (KafkaException e) {
                admin.close(Duration.ZERO);
                throw e;
            }
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The Kafka producer cannot be made", e);
        }
    }

    /** Nothing is asked of the broker: it could not keep another process out. */
    @Override
    public void takeOwnership() {
        if (state != State.CREATED) {
            throw new IllegalStateException("ownership is taken once, and the publisher is " + state);
        }
        state = State.OWNER;
    }

    @Override
    public CommitOutcome commit(
            List<OutputRecord> records, byte[] manifest, Positions positions, CheckpointPointer pointer) {
        if (state != State.OWNER) {
            throw new IllegalStateException("nothing can be committed by a publisher that is " + state);
        }
        CutContents cut = CutContents.of(topics, clock.instant(), records, manifest, positions, pointer);
        var sending = new Sending(producer);
        try {
            sending.send(cut.outputs());
            // The manifest says that all outputs are there, and so do the offsets.
            sending.send(List.of(cut.manifest()));
            if (sending.failure().isPresent()) {
                return afterFailure(sending.failure().get());
            }
            offsets.commit(cut.offsets());
            return new CommitOutcome.Committed();
        } catch (InterruptException e) {
            return new CommitOutcome.Unavailable("interrupted while the broker had not confirmed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CommitOutcome.Unavailable("interrupted while the broker had not confirmed the offsets");
        } catch (KafkaException | IllegalStateException e) {
            return afterFailure(sending.failure().orElseGet(() -> new SendFailure("commit of " + topics.owner(), e)));
        }
    }

    /** The same cut may always be sent again: its records repeat their identities, its offsets are the same. */
    private CommitOutcome afterFailure(SendFailure failure) {
        return switch (failure.reaction()) {
            case REPEAT -> new CommitOutcome.Unavailable(failure.detail());
            case STOP -> ended(new CommitOutcome.OwnershipLost(failure.detail()));
            case MEND -> ended(new CommitOutcome.Refused(failure.detailWithRemedy(rights)));
        };
    }

    private CommitOutcome ended(CommitOutcome outcome) {
        state = State.ENDED;
        return outcome;
    }

    @Override
    public boolean mayRepeat() {
        return true;
    }

    @Override
    public Producer<?, ?> client() {
        return producer;
    }

    @Override
    public void close() {
        try {
            producer.close(CLOSE_WAIT);
        } catch (InterruptException closedAtOnce) {
            // Closed all the same; the client has set the flag again.
        }
        offsets.close();
    }
}
