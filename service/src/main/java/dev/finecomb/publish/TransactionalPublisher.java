package dev.finecomb.publish;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.ClientFailure;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.security.JobRights;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The whole exactly-once conversation with the broker, and every call of the transactional producer.
 *
 * <pre>
 *   CREATED --takeOwnership--> OWNER --commit--> OWNER          Committed, Unavailable
 *                              OWNER --commit--> ABORT_PENDING  Unavailable: the broker did not confirm the abort yet
 *                      ABORT_PENDING --commit--> OWNER          after the abort is confirmed
 *              OWNER, ABORT_PENDING  --commit--> ENDED          OwnershipLost, Refused, Unknown
 * </pre>
 *
 * <p>Whoever took ownership last is the only one whose commits the broker takes (KIP-98, KIP-447 without a group: the
 * fence is the epoch of the transactional id, not a group's generation). Once ended, nothing can be sent any more: to go
 * on from memory after an answer that is not understood is how work is counted twice.
 */
public final class TransactionalPublisher implements Publisher {
    private static final int SEND_ATTEMPTS = 3;
    private static final int COMMIT_ATTEMPTS = 4;
    private static final int ABORT_ATTEMPTS = 2;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private enum State {
        CREATED,
        OWNER,
        ABORT_PENDING,
        ENDED
    }

    /** What one attempt came to: an outcome, or the reason to make another. */
    private sealed interface Attempt {
        record Final(CommitOutcome outcome) implements Attempt {}

        record Again(String detail) implements Attempt {}
    }

    private final Producer<byte @Nullable [], byte @Nullable []> producer;
    private final KafkaConfig config;
    private final Topics topics;
    private final InstantSource clock;
    private final JobRights rights;
    private State state = State.CREATED;

    TransactionalPublisher(
            Producer<byte @Nullable [], byte @Nullable []> producer, KafkaConfig config, InstantSource clock) {
        this.producer = producer;
        this.config = config;
        this.topics = new Topics(config.prefix(), config.job());
        this.clock = clock;
        this.rights = JobRights.ofService(config);
    }

    /**
     * Makes the producer; connects lazily.
     *
     * @param clock for {@code ce_time} of the checkpoint records only
     * @throws BrokerUnreachableException if the brokers' names cannot be resolved
     * @throws OperatorNeededException if the configured client properties are impossible
     */
    public static TransactionalPublisher open(KafkaConfig config, InstantSource clock)
            throws RestartLaterException, OperatorNeededException {
        try {
            Map<String, Object> settings = ProducerSettings.of(config, new Topics(config.prefix(), config.job()));
            return new TransactionalPublisher(new KafkaProducer<>(settings), config, clock);
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The Kafka producer cannot be made", e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The only one: whoever owned the job before can commit nothing more, and its open transaction is aborted when this
     * returns.
     */
    @Override
    public void takeOwnership() throws RestartLaterException, OperatorNeededException, InterruptedException {
        if (state != State.CREATED) {
            throw new IllegalStateException("ownership is taken once, and the publisher is " + state);
        }
        long blockMillis = ProducerSettings.maxBlock(config).toMillis();
        long attempts = Math.max(1, Math.ceilDiv(config.connectTimeout().toMillis(), blockMillis));
        TimeoutException last = new TimeoutException();
        for (long attempt = 0; attempt < attempts; attempt++) {
            try {
                producer.initTransactions();
                state = State.OWNER;
                return;
            } catch (TimeoutException e) {
                last = e;
            } catch (InterruptException e) {
                throw ClientFailure.interruption(e);
            } catch (KafkaException e) {
                throw refusal(e);
            }
        }
        throw new BrokerUnreachableException(
                config.bootstrapServers(), Duration.ofMillis(attempts * blockMillis), last);
    }

    private OperatorNeededException refusal(KafkaException e) throws RestartLaterException {
        String detail = "Ownership of " + topics.owner() + " was not granted: " + ClientFailure.rootOf(e);
        return switch (Reaction.to(e)) {
            case STOP -> throw new RestartLaterException(detail, e);
            case MEND, REPEAT ->
                new OperatorNeededException(
                        detail + ". "
                                + rights.explain(e, AclOperation.WRITE)
                                        .orElse("Check finecomb.kafka.properties and finecomb.kafka.transaction-timeout"
                                                + " against the broker's transaction.max.timeout.ms."),
                        e);
        };
    }

    /**
     * {@inheritDoc}
     *
     * <p>Whole or not at all.
     */
    @Override
    public CommitOutcome commit(
            List<OutputRecord> records, byte[] manifest, Positions positions, CheckpointPointer pointer) {
        CutContents cut = CutContents.of(topics, clock.instant(), records, manifest, positions, pointer);
        return switch (state) {
            case CREATED, ENDED ->
                throw new IllegalStateException("nothing can be committed by a publisher that is " + state);
            case OWNER -> repeat(cut);
            case ABORT_PENDING ->
                switch (abort("an earlier commit")) {
                    case Attempt.Final(CommitOutcome outcome) -> outcome;
                    case Attempt.Again again -> repeat(cut);
                };
        };
    }

    private CommitOutcome repeat(CutContents cut) {
        String detail = "";
        for (int attempt = 0; attempt < SEND_ATTEMPTS; attempt++) {
            switch (attempt(cut)) {
                case Attempt.Final(CommitOutcome outcome) -> {
                    return outcome;
                }
                case Attempt.Again(String why) -> detail = why;
            }
        }
        return new CommitOutcome.Unavailable(
                "given up after " + SEND_ATTEMPTS + " aborted transactions, the last: " + detail);
    }

    private Attempt attempt(CutContents cut) {
        var sending = new Sending(producer);
        try {
            producer.beginTransaction();
            // Acknowledged first, so that a timeout further on can only mean that the commit itself is unanswered.
            sending.send(cut.records());
            if (sending.failure().isPresent()) {
                return afterFailure(sending.failure().get());
            }
            producer.sendOffsetsToTransaction(cut.offsets(), group());
        } catch (KafkaException | IllegalStateException e) {
            return afterFailure(
                    sending.failure().orElseGet(() -> new SendFailure("transaction of " + topics.owner(), e)));
        }
        return finish();
    }

    /** A group without members: no generation to fence by, none to go stale. */
    @SuppressWarnings("removal") // Its successor, an interface, comes only with the release that removes it.
    private ConsumerGroupMetadata group() {
        return new ConsumerGroupMetadata(topics.owner());
    }

    /** The commit was not asked for yet, so after an abort, ours or the broker's, nothing is visible for certain. */
    private Attempt afterFailure(SendFailure failure) {
        if (failure.error() instanceof InterruptException) {
            state = State.ABORT_PENDING;
            return new Attempt.Final(new CommitOutcome.Unavailable(failure.detail()));
        }
        return switch (failure.reaction()) {
            case STOP -> ended(new CommitOutcome.OwnershipLost(failure.detail()));
            case MEND -> {
                abort(failure.detail());
                yield ended(new CommitOutcome.Refused(failure.detailWithRemedy(rights)));
            }
            case REPEAT -> abort(failure.detail());
        };
    }

    private Attempt finish() {
        RuntimeException last = new TimeoutException();
        for (int attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
            try {
                producer.commitTransaction();
                return new Attempt.Final(new CommitOutcome.Committed());
            } catch (TimeoutException e) {
                last = e;
            } catch (InterruptException e) {
                return ended(new CommitOutcome.Unknown("interrupted while the commit was unanswered"));
            } catch (KafkaException | IllegalStateException e) {
                return afterFailedCommit(new SendFailure("commit of " + topics.owner(), e));
            }
        }
        return ended(new CommitOutcome.Unknown(
                "the commit was asked for " + COMMIT_ATTEMPTS + " times and not answered: " + last.getMessage()));
    }

    /** A transaction that lets itself be aborted was not committed; what refuses both may have been. */
    private Attempt afterFailedCommit(SendFailure failure) {
        return switch (failure.reaction()) {
            case STOP -> ended(new CommitOutcome.OwnershipLost(failure.detail()));
            case MEND, REPEAT ->
                switch (abort(failure.detail())) {
                    case Attempt.Again again -> again;
                    case Attempt.Final(CommitOutcome outcome) ->
                        ended(new CommitOutcome.Unknown(failure.detail()
                                + failure.explanation(rights).map(". "::concat).orElse("")));
                };
        };
    }

    private Attempt abort(String why) {
        for (int attempt = 0; attempt < ABORT_ATTEMPTS; attempt++) {
            try {
                producer.abortTransaction();
                state = State.OWNER;
                return new Attempt.Again(why);
            } catch (TimeoutException | InterruptException e) {
                state = State.ABORT_PENDING;
            } catch (KafkaException | IllegalStateException e) {
                return ended(new CommitOutcome.OwnershipLost(
                        "the abort after a failure (" + why + ") was refused: " + ClientFailure.rootOf(e)));
            }
        }
        return new Attempt.Final(new CommitOutcome.Unavailable(why + "; the broker did not confirm the abort yet"));
    }

    private Attempt ended(CommitOutcome outcome) {
        state = State.ENDED;
        return new Attempt.Final(outcome);
    }

    @Override
    public boolean mayRepeat() {
        return false;
    }

    @Override
    public Producer<?, ?> client() {
        return producer;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A transaction that was left open is aborted if the broker still listens.
     */
    @Override
    public void close() {
        try {
            producer.close(CLOSE_WAIT);
        } catch (InterruptException closedAtOnce) {
            // Closed all the same; the client has set the flag again.
        }
    }
}
