package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.RejectReason;

/**
 * A record that is not trained on, and why. It leaves through the same commit as the steps around it.
 *
 * @param record the record, untouched
 * @param reason from the closed list
 * @param refusedBy class name of what refused it
 * @param detail one line: what is wrong and the remedy
 */
public record RejectedRecord(SourceRecord record, RejectReason reason, String refusedBy, String detail) {}
