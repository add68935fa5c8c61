package dev.finecomb.ledger;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The checkpoint manifests that compaction has left: sequences rise, nothing goes back, one model and one configuration. */
final class ChainCheck {
    private final Delivery delivery;
    private final Violations violations = new Violations();
    private final Set<String> incarnations = new HashSet<>();
    private Optional<CheckpointManifest> previous = Optional.empty();
    private long count;

    /** @param delivery with at-least-once, a manifest may be of a cut that was lost and made again */
    ChainCheck(Delivery delivery) {
        this.delivery = delivery;
    }

    void accept(LedgerRecord record, CheckpointManifest manifest) {
        count++;
        String incarnation = manifest.origin().incarnation();
        Optional<CheckpointManifest> before = previous;
        previous = Optional.of(manifest);
        if (before.isPresent() && before.get().origin().incarnation().equals(incarnation)) {
            requireSuccession(record, before.get(), manifest);
        } else if (!incarnations.add(incarnation)) {
            violations.add(record.where() + " is of incarnation " + incarnation + " again");
        }
    }

    private void requireSuccession(LedgerRecord record, CheckpointManifest before, CheckpointManifest manifest) {
        if (manifest.sequence() <= before.sequence()) {
            violations.add(record.where() + " has sequence " + manifest.sequence() + " after " + before.sequence());
        }
        if (delivery == Delivery.EXACTLY_ONCE) {
            requireProgress(record, before, manifest);
        }
        if (!manifest.fingerprints().equals(before.fingerprints())) {
            violations.add(record.where() + " is of another model or configuration than the one before");
        }
    }

    private void requireProgress(LedgerRecord record, CheckpointManifest before, CheckpointManifest manifest) {
        if (manifest.origin().step() < before.origin().step()) {
            violations.add(record.where() + " is of step " + manifest.origin().step() + " after step "
                    + before.origin().step());
        }
        before.positions().forEach((partition, offset) -> {
            if (manifest.positions().getOrDefault(partition, -1L) < offset) {
                violations.add(record.where() + " goes back in partition " + partition + " from position " + offset
                        + " to " + manifest.positions().get(partition));
            }
        });
    }

    Finding finding() {
        if (count == 0) {
            return Finding.skipped("chain", "there is no checkpoint manifest");
        }
        String newest = previous.map(manifest -> ", the newest of sequence " + manifest.sequence() + " and step "
                        + manifest.origin().step())
                .orElse("");
        return violations.finding("chain", count + " manifests" + newest);
    }
}
