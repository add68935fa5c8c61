/**
 * The auditor: reads what a job left in Kafka, as any consumer could, and says whether it keeps the promises of exactly-once
 * training. It knows nothing of how a job works, only what is promised.
 */
@NullMarked
package dev.finecomb.ledger;

import org.jspecify.annotations.NullMarked;
