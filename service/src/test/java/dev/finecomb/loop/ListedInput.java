package dev.finecomb.loop;

import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.Beginnings;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** An input of lists, one for each partition, with what a test wants to happen on the way. */
final class ListedInput implements BatchSource {
    /** What becomes of a record. */
    enum Kind {
        /** It is trained on. */
        GOOD,
        /** The decoder refuses it. */
        MALFORMED,
        /** The trainer refuses it. */
        UNTRAINABLE
    }

    /** Something that is done before a record is handed out, or before the input is confirmed. */
    interface Hook {
        /** Leaves it be. */
        Hook NONE = _ -> {};

        /**
         * It is about to happen.
         *
         * @param count how often it was called before
         */
        void before(int count) throws RestartLaterException, OperatorNeededException, InterruptedException;
    }

    private final QuickHost host;
    private final List<List<Polled>> partitions = new ArrayList<>();
    private Positions positions = Positions.of(0, 0);
    private Hook beforePoll = Hook.NONE;
    private Hook beforeConfirm = Hook.NONE;
    private int polls;
    private int confirmations;

    ListedInput(QuickHost host, int partitions) {
        this.host = host;
        for (int i = 0; i < partitions; i++) {
            this.partitions.add(new ArrayList<>());
        }
    }

    /** The same input, read from its beginning again, by another process. */
    ListedInput again() {
        ListedInput again = new ListedInput(host, 0);
        partitions.forEach(records -> again.partitions.add(new ArrayList<>(records)));
        return again;
    }

    /** A record at the end of its partition. */
    void add(int partition, Kind kind, int samples) {
        int offset = partitions.get(partition).size();
        partitions.get(partition).add(record(partition, offset, kind, samples));
    }

    /** Another record takes the place of one. */
    void replace(int partition, int offset, int samples) {
        partitions.get(partition).set(offset, record(partition, offset + 500, offset, Kind.GOOD, samples));
    }

    /** All records from there on are gone. */
    void cut(int partition, int offset) {
        List<Polled> records = partitions.get(partition);
        records.subList(offset, records.size()).clear();
    }

    void beforePoll(Hook hook) {
        beforePoll = hook;
    }

    void beforeConfirm(Hook hook) {
        beforeConfirm = hook;
    }

    private static Polled record(int partition, int offset, Kind kind, int samples) {
        return record(partition, offset, offset, kind, samples);
    }

    private static Polled record(int partition, int value, int offset, Kind kind, int samples) {
        SourceRecord record = SourceRecord.of("batches", partition, offset, new byte[] {1});
        if (kind == Kind.MALFORMED) {
            return new Polled.Rejected(record.rejected(ListedInput.class, RejectReason.SHAPE, "malformed"));
        }
        long[] values = new long[samples];
        Arrays.fill(values, kind == Kind.GOOD ? 1000L * partition + value : -1);
        var x = Tensors.i64("x", values, samples, 1);
        return new Polled.Batch(new TrainingBatch(List.of(x), List.of(x), samples), record);
    }

    @Override
    public Positions initialPositions() {
        return Beginnings.of(partitions.size());
    }

    @Override
    public String topicId() {
        return "input";
    }

    @Override
    public Positions start(Positions from, String expectedTopicId) {
        positions = from;
        return from;
    }

    @Override
    public Polled poll(Set<Integer> asked, Duration timeout)
            throws InterruptedException, OperatorNeededException, RestartLaterException {
        beforePoll.before(polls++);
        for (int partition : asked) {
            long next = positions.next(partition).orElseThrow();
            if (next < partitions.get(partition).size()) {
                positions = positions.after(partition, next);
                return partitions.get(partition).get((int) next);
            }
        }
        host.sleep(timeout);
        return new Polled.Nothing();
    }

    @Override
    public void confirm() throws RestartLaterException, OperatorNeededException, InterruptedException {
        beforeConfirm.before(confirmations++);
    }

    @Override
    public OptionalLong lag() {
        long lag = 0;
        for (int partition = 0; partition < partitions.size(); partition++) {
            lag += partitions.get(partition).size() - positions.next(partition).orElseThrow();
        }
        return OptionalLong.of(lag);
    }

    @Override
    public void close() {}
}
