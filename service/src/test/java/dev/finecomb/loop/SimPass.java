package dev.finecomb.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Puts samples together to steps, as the rules say and nothing else: the records' samples in a row, cut into equal pieces. */
final class SimPass {
    /** A sample, by its place in its record. */
    record Sample(SimRecord record, int place) {
        long number() {
            return record.sample(place);
        }
    }

    private final OptionalInt batchSize;
    private final List<Sample> waiting = new ArrayList<>();

    /** @param batchSize samples of a step; empty when one record is one step */
    SimPass(OptionalInt batchSize) {
        this.batchSize = batchSize;
    }

    /** The samples of the next record that was not malformed. */
    void add(SimRecord record) {
        for (int place = 0; place < record.samples(); place++) {
            waiting.add(new Sample(record, place));
        }
    }

    /** The next step's samples, taken away; empty as long as they are too few. */
    Optional<List<Sample>> next() {
        int needed = batchSize.orElse(Math.max(1, waiting.size()));
        if (waiting.size() < needed) {
            return Optional.empty();
        }
        List<Sample> first = waiting.subList(0, needed);
        List<Sample> step = List.copyOf(first);
        first.clear();
        return Optional.of(step);
    }

    /** Whether a step can be trained on. */
    static boolean isGood(List<Sample> step) {
        return step.stream().allMatch(sample -> sample.number() > 0);
    }
}
