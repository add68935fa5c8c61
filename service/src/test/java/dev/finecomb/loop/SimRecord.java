package dev.finecomb.loop;

import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A record of the input topic.
 *
 * @param samples in its batch
 */
record SimRecord(long offset, Kind kind, int samples) {
    /** What becomes of it. */
    enum Kind {
        /** It is trained on. */
        GOOD,
        /** The decoder refuses it. */
        MALFORMED,
        /** The trainer refuses it. */
        UNTRAINABLE
    }

    static final int PARTITION = 0;

    boolean isGood() {
        return kind == Kind.GOOD;
    }

    /** As the source hands it out. */
    Polled polled() {
        ByteBuffer value = ByteBuffer.allocate(samples * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (value.hasRemaining()) {
            value.putLong(isGood() ? offset + 1 : -offset - 1);
        }
        value.flip();
        SourceRecord record = SourceRecord.of(SimPlan.TOPICS.batches(), PARTITION, offset, value.array());
        if (kind == Kind.MALFORMED) {
            return new Polled.Rejected(record.rejected(SimSource.class, RejectReason.SHAPE, "malformed"));
        }
        Tensor x = new Tensor("x", DType.I64, List.of((long) samples), value);
        return new Polled.Batch(new TrainingBatch(List.of(x), List.of(x), samples), record);
    }
}
