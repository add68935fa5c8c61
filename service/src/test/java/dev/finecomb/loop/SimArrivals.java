package dev.finecomb.loop;

import java.util.ArrayList;
import java.util.List;

/** How much of the input has arrived: in each partition one record after another, each partition at its own pace. */
final class SimArrivals {
    private final SimWorld world;
    private final List<Lane> lanes = new ArrayList<>();

    /** A partition. */
    private static final class Lane {
        private final int size;
        private final long spacing;
        private int count;
        private long nextAt;

        Lane(int size, long spacing) {
            this.size = size;
            this.spacing = spacing;
            this.nextAt = spacing;
        }

        boolean isOver() {
            return count == size;
        }
    }

    SimArrivals(SimWorld world) {
        this.world = world;
        for (List<SimRecord> records : world.plan.input().partitions()) {
            long spacing = world.random.nextBoolean() ? 0 : world.random.nextLong(600 * SimWorld.MILLI);
            lanes.add(new Lane(records.size(), spacing));
        }
    }

    /** Records that are there in a partition. */
    int count(int partition) {
        return lanes.get(partition).count;
    }

    void tick() {
        for (Lane lane : lanes) {
            while (!lane.isOver() && world.now() >= lane.nextAt) {
                lane.count++;
                lane.nextAt += lane.spacing;
            }
        }
    }

    long nextTick() {
        long next = Long.MAX_VALUE;
        for (Lane lane : lanes) {
            next = lane.isOver() ? next : Math.min(next, lane.nextAt);
        }
        return next;
    }
}
