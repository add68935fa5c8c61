package dev.finecomb.cli;

import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.batch.RejectReason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class DeadLetterChoice {
    @Option(
            names = "--reason",
            paramLabel = "REASON[,...]",
            split = ",",
            description =
                    "Only those refused for this reason, such as SHAPE; may be repeated: ${COMPLETION-CANDIDATES}.")
    private List<RejectReason> reasons = new ArrayList<>();

    @Option(
            names = "--offset",
            paramLabel = "OFFSET[,...]",
            split = ",",
            description = "Only those at these offsets of the dead letters' topic; may be repeated.")
    private List<Long> offsets = new ArrayList<>();

    /** Whether anything was chosen at all. */
    boolean isEmpty() {
        return reasons.isEmpty() && offsets.isEmpty();
    }

    boolean takes(DeadLetter letter, long offset) {
        return (reasons.isEmpty() || names().contains(letter.reason()))
                && (offsets.isEmpty() || offsets.contains(offset));
    }

    private Set<String> names() {
        return reasons.isEmpty()
                ? Set.of()
                : EnumSet.copyOf(reasons).stream().map(RejectReason::name).collect(Collectors.toSet());
    }
}
