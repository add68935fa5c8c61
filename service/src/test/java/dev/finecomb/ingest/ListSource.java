package dev.finecomb.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A source of lists: for each partition its records, with offsets that only grow. At times it brings nothing. */
final class ListSource implements BatchSource {
    private final List<List<Polled>> partitions;
    private final Random random;
    private Positions positions = Positions.of(0, 0);
    private boolean dry;

    ListSource(List<List<Polled>> partitions, Random random) {
        this.partitions = partitions;
        this.random = random;
    }

    static SourceRecord recordOf(Polled polled) {
        return switch (polled) {
            case Polled.Batch batch -> batch.record();
            case Polled.Rejected rejected -> rejected.rejected().record();
            case Polled.Nothing() -> throw new IllegalArgumentException("nothing has no record");
        };
    }

    @Override
    public Positions initialPositions() {
        return Beginnings.of(partitions.size());
    }

    @Override
    public String topicId() {
        return "id";
    }

    @Override
    public Positions start(Positions from, String expectedTopicId) {
        TreeMap<Integer, Long> all = new TreeMap<>(initialPositions().nextOffsets());
        all.putAll(from.nextOffsets());
        positions = new Positions(all);
        return positions;
    }

    @Override
    public Polled poll(Set<Integer> asked, Duration timeout) {
        List<Polled> heads = new ArrayList<>();
        for (int partition : asked) {
            unread(partition).stream().findFirst().ifPresent(heads::add);
        }
        dry = heads.isEmpty();
        if (dry || random.nextInt(10) == 0) {
            return new Polled.Nothing();
        }
        Polled next = heads.get(random.nextInt(heads.size()));
        positions = positions.after(recordOf(next));
        return next;
    }

    /** Whether the last poll asked for partitions that hold nothing any more. */
    boolean isDry() {
        return dry;
    }

    private List<Polled> unread(int partition) {
        long next = positions.next(partition).orElseThrow();
        return partitions.get(partition).stream()
                .filter(polled -> recordOf(polled).offset() >= next)
                .toList();
    }

    @Override
    public OptionalLong lag() {
        return OptionalLong.of(positions.nextOffsets().keySet().stream()
                .mapToLong(partition -> unread(partition).size())
                .sum());
    }

    @Override
    public void close() {}
}
