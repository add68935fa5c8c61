package dev.finecomb.loop;

/** How much of the input has arrived: one record after another, and all of it once the world is calm. */
final class SimArrivals {
    private final SimWorld world;
    private final long spacing;
    private long count;
    private long nextAt;

    SimArrivals(SimWorld world) {
        this.world = world;
        this.spacing = world.random.nextBoolean() ? 0 : world.random.nextLong(600 * SimWorld.MILLI);
        this.nextAt = spacing;
    }

    long count() {
        return count;
    }

    void tick() {
        while (count < world.plan.input().size() && world.now() >= nextAt) {
            count++;
            nextAt += spacing;
        }
    }

    long nextTick() {
        return count < world.plan.input().size() ? nextAt : Long.MAX_VALUE;
    }
}
