package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Positions;

/**
 * Where a loop begins.
 *
 * @param nextId the first cut's name
 */
record Beginning(Announcer announcer, LoopMemory memory, Positions positions, CheckpointId nextId) {}
