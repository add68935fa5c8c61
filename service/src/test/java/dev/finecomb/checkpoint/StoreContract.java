package dev.finecomb.checkpoint;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** A battery that every store passes, wherever its checkpoints lie; each test begins with an empty place. */
abstract class StoreContract {
    StoreWorld world;
    CheckpointStore store;

    abstract StoreWorld world() throws IOException;

    @BeforeEach
    void open() throws IOException {
        world = world();
        store = world.open();
    }
}
