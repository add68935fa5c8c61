package dev.finecomb.ingest;

import dev.finecomb.config.IngestConfig.Merge;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose turn it is. In order, the partitions are read round robin, one record each: record i of the whole input comes from
 * partition i mod P, and what is no record (a transaction's marker, a gap) takes no turn. If partitions are added, the turn
 * stays where it is and the round grows.
 */
final class MergeOrder {
    private final Merge merge;
    private final Set<Integer> all;
    private int turn;

    /** @param turn partition that is read next */
    MergeOrder(Merge merge, Set<Integer> partitions, int turn) {
        this.merge = merge;
        this.all = new TreeSet<>(partitions);
        this.turn = turn;
    }

    int turn() {
        return turn;
    }

    /** The partitions of which the next record may be. */
    Set<Integer> next() {
        return switch (merge) {
            case ORDERED -> Set.of(turn);
            case ARRIVAL -> all;
        };
    }

    /** A record of that partition was read. */
    void took(int partition) {
        turn = (partition + 1) % all.size();
    }
}
