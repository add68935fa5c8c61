package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.publish.TransactionalPublisher;
import dev.finecomb.training.Trainer;

/** What the loop works with; whoever built a part closes it. */
public record LoopParts(
        Trainer trainer,
        BatchSource source,
        CheckpointStore store,
        TransactionalPublisher publisher,
        ModelExport export,
        OrderSources orders) {}
