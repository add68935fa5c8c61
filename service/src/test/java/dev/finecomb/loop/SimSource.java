package dev.finecomb.loop;

import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.Positions;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the input of the plan, of which more and more has arrived. */
final class SimSource implements BatchSource {
    private final SimWorld world;
    private final SimArrivals arrivals;
    private long next;

    SimSource(SimWorld world, SimArrivals arrivals) {
        this.world = world;
        this.arrivals = arrivals;
    }

    @Override
    public Positions initialPositions() {
        world.point("initial positions");
        return Positions.of(SimRecord.PARTITION, 0);
    }

    @Override
    public String topicId() {
        return "input";
    }

    @Override
    public Positions start(Positions from, String expectedTopicId) {
        world.point("seek");
        next = from.next(SimRecord.PARTITION).orElseThrow();
        return from;
    }

    @Override
    public Polled poll(Set<Integer> partitions, Duration timeout) throws InterruptedException {
        if (world.await("poll", () -> next < arrivals.count(), timeout.toNanos())) {
            world.point("polled");
            return world.plan.input().get((int) next++).polled();
        }
        world.throwIfInterrupted();
        return new Polled.Nothing();
    }

    @Override
    public void confirm() {
        world.point("input confirmed");
    }

    @Override
    public OptionalLong lag() {
        return OptionalLong.of(arrivals.count() - next);
    }

    @Override
    public void close() {
        world.point("source closed");
    }
}
