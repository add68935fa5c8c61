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
import java.util.stream.IntStream;

/**
 * A record of the input topic. A sample is one number that no other sample has; one that is negative can't be trained on.
 *
 * @param samples in its batch
 * @param worst the sample that can't be trained on, if it is an untrainable record
 */
record SimRecord(int partition, long offset, Kind kind, int samples, int worst) {
    /** What becomes of it. */
    enum Kind {
        /** It is trained on, if what comes into one step with it is good as well. */
        GOOD,
        /** The decoder refuses it. */
        MALFORMED,
        /** The trainer refuses each step with its worst sample in it. */
        UNTRAINABLE
    }

    static final int MOST_SAMPLES = 4;
    static final String MALFORMED = "malformed";
    private static final int MOST_OFFSETS = 10_000;

    /** Its sample at that place, from 0 on. */
    long sample(int place) {
        long number = 1 + ((long) partition * MOST_OFFSETS + offset) * MOST_SAMPLES + place;
        return kind == Kind.UNTRAINABLE && place == worst ? -number : number;
    }

    /** As the source hands it out. */
    Polled polled() {
        TrainingBatch batch =
                batch(IntStream.range(0, samples).mapToObj(this::sample).toList());
        byte[] value = new byte[samples * Long.BYTES];
        batch.inputs().getFirst().data().get(value);
        SourceRecord record = SourceRecord.of(SimPlan.TOPICS.batches(), partition, offset, value);
        return kind == Kind.MALFORMED
                ? new Polled.Rejected(record.rejected(SimSource.class, RejectReason.SHAPE, MALFORMED))
                : new Polled.Batch(batch, record);
    }

    /** A batch of these samples. */
    static TrainingBatch batch(List<Long> samples) {
        ByteBuffer values = ByteBuffer.allocate(samples.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        samples.forEach(values::putLong);
        Tensor x = new Tensor("x", DType.I64, List.of((long) samples.size()), values.flip());
        return new TrainingBatch(List.of(x), List.of(x), samples.size());
    }
}
