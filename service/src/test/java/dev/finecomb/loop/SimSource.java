package dev.finecomb.loop;

import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.Beginnings;
import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.Positions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the input of the plan, of which more and more has arrived. */
final class SimSource implements BatchSource {
    private final SimWorld world;
    private final SimArrivals arrivals;
    private final List<List<SimRecord>> partitions;
    /** Of each partition how many records were handed out, or lie before where reading began. */
    private final int[] next;

    SimSource(SimWorld world, SimArrivals arrivals) {
        this.world = world;
        this.arrivals = arrivals;
        this.partitions = world.plan.input().partitions();
        this.next = new int[partitions.size()];
    }

    @Override
    public Positions initialPositions() {
        world.point("initial positions");
        return Beginnings.of(next.length);
    }

    @Override
    public String topicId() {
        return "input";
    }

    @Override
    public Positions start(Positions from, String expectedTopicId) {
        world.point("seek");
        from.nextOffsets()
                .forEach((partition, offset) -> next[partition] = (int) partitions.get(partition).stream()
                        .filter(record -> record.offset() < offset)
                        .count());
        return from;
    }

    @Override
    public Polled poll(Set<Integer> due, Duration timeout) throws InterruptedException {
        if (world.await("poll", () -> arrived(due).isPresent(), timeout.toNanos())) {
            world.point("polled");
            int partition = arrived(due).orElseThrow();
            return partitions.get(partition).get(next[partition]++).polled();
        }
        world.throwIfInterrupted();
        return new Polled.Nothing();
    }

    private OptionalInt arrived(Set<Integer> due) {
        for (int partition : due) {
            if (next[partition] < arrivals.count(partition)) {
                return OptionalInt.of(partition);
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public void confirm() {
        world.point("input confirmed");
    }

    @Override
    public OptionalLong lag() {
        long lag = 0;
        for (int partition = 0; partition < next.length; partition++) {
            lag += arrivals.count(partition) - next[partition];
        }
        return OptionalLong.of(lag);
    }

    @Override
    public void close() {
        world.point("source closed");
    }
}
