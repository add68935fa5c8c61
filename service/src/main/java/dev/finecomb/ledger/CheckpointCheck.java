package dev.finecomb.ledger;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The committed offsets name the newest published checkpoint by its digest, and agree with it. */
final class CheckpointCheck {
    private static final String NAME = "checkpoint";

    private final Topics topics;
    private final Violations violations = new Violations();
    private final Map<String, Published> published = new HashMap<>(); // by digest
    private Optional<Published> newest = Optional.empty();

    private record Published(String where, CheckpointManifest manifest, CheckpointPointer pointer) {}

    CheckpointCheck(Topics topics) {
        this.topics = topics;
    }

    void accept(LedgerRecord record, CheckpointManifest manifest, byte[] value) {
        var pointer = new CheckpointPointer(manifest.origin(), manifest.sequence(), Sha256.hex(value));
        var found = new Published(record.where(), manifest, pointer);
        newest = Optional.of(found);
        published.put(pointer.manifestSha256(), found);
    }

    Finding finding(Standing standing) {
        if (standing.after().isNothing()) {
            newest.ifPresent(found -> violations.add("group " + topics.owner() + " has no committed offsets, but "
                    + found.where() + " is checkpoint " + found.pointer().format()));
            return newest.isEmpty()
                    ? Finding.skipped(NAME, "the job has committed nothing")
                    : violations.finding(NAME, "no committed offsets");
        }
        requirePointer(standing.after());
        Optional<CheckpointPointer> pointer = standing.pointerAfter();
        if (pointer.isPresent()) {
            if (newest.isEmpty()) {
                violations.add("the offsets name checkpoint " + pointer.get().format() + ", but " + topics.checkpoints()
                        + " holds none of this job");
            } else if (standing.moved()) {
                requireBetween(newest.get(), standing, pointer.get());
            } else {
                requireSame(named(standing, pointer.get()), standing.after(), pointer.get());
            }
        }
        return violations.finding(NAME, pointer.map(CheckpointPointer::format).orElse("no pointer"));
    }

    /** The manifest that the pointer has to name: the newest, or where outputs may run ahead, any that it does name. */
    private Published named(Standing standing, CheckpointPointer pointer) {
        Published last = newest.orElseThrow();
        return standing.mayRunAhead() ? published.getOrDefault(pointer.manifestSha256(), last) : last;
    }

    private void requirePointer(Committed committed) {
        if (committed.metadata().size() > 1) {
            violations.add("the partitions' offsets name different checkpoints: " + committed.metadata());
            return;
        }
        String text = committed.metadata().iterator().next();
        try {
            CheckpointPointer pointer = CheckpointPointer.parse(text);
            if (!pointer.origin().job().equals(topics.job())) {
                violations.add("the offsets name a checkpoint of another job: " + text);
            }
        } catch (MalformedMessageException unreadable) {
            violations.add("the offsets " + committed.positions() + " have no pointer beside them: "
                    + unreadable.getMessage());
        }
    }

    private void requireSame(Published found, Committed committed, CheckpointPointer pointer) {
        if (!found.pointer().equals(pointer)) {
            violations.add("the offsets name " + pointer.format() + ", the newest manifest, " + found.where() + ", is "
                    + found.pointer().format());
        } else if (!found.manifest().positions().equals(committed.positions())) {
            violations.add("the offsets are " + committed.positions() + ", the checkpoint, " + found.where()
                    + ", was cut at " + found.manifest().positions());
        }
    }

    private void requireBetween(Published found, Standing standing, CheckpointPointer after) {
        long least = standing.pointerBefore()
                .filter(before -> sameIncarnation(before, after))
                .map(CheckpointPointer::sequence)
                .orElse(0L);
        long sequence = found.pointer().sequence();
        if (!standing.mayRunAhead()
                && sameIncarnation(found.pointer(), after)
                && (sequence < least || sequence > after.sequence())) {
            violations.add("the offsets named checkpoints " + least + " to " + after.sequence()
                    + " while the newest manifest, " + found.where() + ", was " + sequence);
        }
    }

    private static boolean sameIncarnation(CheckpointPointer one, CheckpointPointer other) {
        return one.origin().incarnation().equals(other.origin().incarnation());
    }
}
