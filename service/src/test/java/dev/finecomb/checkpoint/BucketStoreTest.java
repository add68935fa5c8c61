package dev.finecomb.checkpoint;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class BucketStoreTest extends CheckpointStoreContract {
    @TempDir
    Path scratch;

    @Override
    StoreWorld world() {
        return new BucketWorld(scratch);
    }
}
