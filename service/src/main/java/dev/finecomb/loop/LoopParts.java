package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.publish.Publisher;
import dev.finecomb.training.Trainer;

/** What the loop works with; whoever built a part closes it. */
public record LoopParts(
        Trainer trainer,
        BatchSource source,
        CheckpointStore store,
        Publisher publisher,
        ModelExport export,
        OrderSources orders) {}
