package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import java.util.List;

/**
 * The samples of one step.
 *
 * @param samples what to train on, good until the next step is taken
 * @param shares where they come from, in their order; at least one
 */
public record MiniBatch(TrainingBatch samples, List<Share> shares) {
    public MiniBatch {
        shares = List.copyOf(shares);
    }

    /** The record that completed it. */
    public SourceRecord record() {
        return shares.getLast().record();
    }

    /**
     * The refusal of each record that contributed. A record of which only a part was in here may be refused again for other
     * samples; then it has two dead letters, and each says which samples it is about.
     *
     * @param by what refuses it
     * @param detail one line: what is wrong and the remedy
     */
    List<RejectedRecord> rejected(Class<?> by, RejectReason reason, String detail) {
        return shares.stream()
                .map(share -> share.record().rejected(by, reason, detail + place(share)))
                .toList();
    }

    private String place(Share share) {
        if (shares.size() == 1 && share.isWhole()) {
            return "";
        }
        return "; " + share.words() + " of this record were in the refused mini-batch of " + samples.samples();
    }
}
