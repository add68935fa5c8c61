package dev.finecomb.checkpoint;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises, in a bucket. */
class BucketStoreTest {
    @TempDir
    Path scratch;

    @Nested
    class Keeping extends KeepingContract {
        @Override
        StoreWorld world() {
            return new BucketWorld(scratch);
        }
    }

    @Nested
    class Corruption extends CorruptionContract {
        @Override
        StoreWorld world() {
            return new BucketWorld(scratch);
        }
    }

    @Nested
    class Damage extends DamageContract {
        @Override
        StoreWorld world() {
            return new BucketWorld(scratch);
        }
    }

    @Nested
    class Inspection extends InspectionContract {
        @Override
        StoreWorld world() {
            return new BucketWorld(scratch);
        }
    }
}
