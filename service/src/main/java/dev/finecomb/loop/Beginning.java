package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Intake;

/**
 * Where a loop begins.
 *
 * @param host time as the loop feels it
 * @param intake stands where the memory was made
 * @param nextId the first cut's name
 */
record Beginning(Host host, Announcer announcer, LoopMemory memory, Intake intake, CheckpointId nextId) {}
