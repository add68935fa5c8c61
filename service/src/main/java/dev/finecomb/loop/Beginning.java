package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Positions;

/**
 * Where a loop begins.
 *
 * @param host time as the loop feels it
 * @param nextId the first cut's name
 */
record Beginning(Host host, Announcer announcer, LoopMemory memory, Positions positions, CheckpointId nextId) {}
