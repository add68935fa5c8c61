package dev.finecomb.publish;

import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes cuts visible. What a broker without transactions can't give, the implementation for it says.
 *
 * <p>One thread at a time; {@link #client()} may be read by any.
 */
public sealed interface Publisher extends AutoCloseable permits TransactionalPublisher, RepeatingPublisher {
    /**
     * Becomes the job's owner.
     *
     * @throws BrokerUnreachableException if the broker did not answer within the configured time
     * @throws RestartLaterException if another process took over at the same moment, or rights are missing
     * @throws OperatorNeededException if the broker refuses the settings
     * @throws InterruptedException if the thread was told to stop waiting; the ownership may have been granted all the same
     */
    void takeOwnership() throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * Makes a cut visible: the records in their order, the checkpoint's manifest, and the positions with the checkpoint's
     * pointer beside each.
     *
     * <p>The checkpoint must be durable before. Blocks for at most a few transaction timeouts.
     *
     * @param manifest the value for the checkpoints topic, the very bytes that the pointer digests
     * @throws IllegalStateException without ownership, or after an outcome that ended it
     */
    CommitOutcome commit(List<OutputRecord> records, byte[] manifest, Positions positions, CheckpointPointer pointer);

    /** Whether records of a cut may be visible although its offsets were never committed. */
    boolean mayRepeat();

    /** The client, for its metrics only. */
    Producer<?, ?> client();

    /** Closes the connection. On an interrupted thread it waits for nothing, and the flag stays set. */
    @Override
    void close();
}
