package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** Decides what committed offsets and a published manifest mean together. No I/O. */
final class CommittedJudge {
    private final KafkaConfig config;
    private final Topics topics;

    CommittedJudge(KafkaConfig config, Topics topics) {
        this.config = config;
        this.topics = topics;
    }

    /**
     * The digest of the manifest that the offsets' pointer names, if it has to be looked for among older ones: without
     * transactions a process may die when a cut's manifest is published, but its offsets are not committed yet. Empty when the
     * newest manifest is the one to weigh.
     */
    Optional<String> olderManifest(Map<Integer, OffsetAndMetadata> offsets, PublishedManifest newest) {
        return switch (config.delivery()) {
            case EXACTLY_ONCE -> Optional.empty();
            case AT_LEAST_ONCE ->
                offsets.values().stream()
                        .findFirst()
                        .flatMap(offset -> pointer(offset.metadata()))
                        .filter(pointer -> isBefore(pointer, newest.pointer()))
                        .map(CheckpointPointer::manifestSha256);
        };
    }

    private static Optional<CheckpointPointer> pointer(String text) {
        try {
            return Optional.of(CheckpointPointer.parse(text));
        } catch (MalformedMessageException told) {
            // The judgement complains.
            return Optional.empty();
        }
    }

    private static boolean isBefore(CheckpointPointer committed, CheckpointPointer newest) {
        return committed.origin().incarnation().equals(newest.origin().incarnation())
                && committed.sequence() < newest.sequence();
    }

    /**
     * Weighs the two.
     *
     * @param offsets committed offsets of the input topic by partition
     * @param manifest the newest published one, or the {@link #olderManifest older one} that the offsets name
     */
    CommittedState judge(Map<Integer, OffsetAndMetadata> offsets, Optional<PublishedManifest> manifest) {
        if (offsets.isEmpty()) {
            return manifest.<CommittedState>map(CommittedJudge::offsetsLost).orElseGet(CommittedState.None::new);
        }
        Positions positions = Positions.of(offsets.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset())));
        Set<String> pointers = new HashSet<>();
        offsets.values().forEach(offset -> pointers.add(offset.metadata()));
        if (pointers.size() > 1) {
            return contradiction("the partitions' offsets " + positions + " name different checkpoints " + pointers);
        }
        String text = pointers.iterator().next();
        try {
            return judge(positions, CheckpointPointer.parse(text), manifest);
        } catch (MalformedMessageException e) {
            return contradiction("the offsets " + positions + " have no checkpoint's pointer beside them but \"" + text
                    + "\", as if a tool had set them");
        }
    }

    private static CommittedState offsetsLost(PublishedManifest found) {
        return new CommittedState.OffsetsLost(found.pointer(), found.positions(), found.manifest());
    }

    private CommittedState judge(Positions positions, CheckpointPointer pointer, Optional<PublishedManifest> manifest) {
        if (!pointer.origin().job().equals(topics.job())) {
            return contradiction("the offsets " + positions + " name a checkpoint of another job: " + pointer.format());
        }
        if (manifest.isEmpty()) {
            return manifestMissing(positions, pointer);
        }
        PublishedManifest found = manifest.get();
        if (!found.pointer().equals(pointer)) {
            return contradiction("the offsets " + positions + " name checkpoint " + pointer.format()
                    + ", but the newest" + " manifest, at " + found.where() + ", is that of "
                    + found.pointer().format());
        }
        if (!found.positions().equals(positions)) {
            return contradiction("the offsets are " + positions + ", but the checkpoint that they name was cut at "
                    + found.positions() + ", as if a tool had moved them");
        }
        return new CommittedState.At(pointer, positions, found.manifest());
    }

    private CommittedState manifestMissing(Positions positions, CheckpointPointer pointer) {
        return new CommittedState.Contradiction("Group " + topics.owner() + " of topic " + topics.batches()
                + " has committed offsets " + positions + " with checkpoint " + pointer.format() + ", but topic "
                + topics.checkpoints() + " holds no manifest of job " + topics.job()
                + ". Restore that topic, or publish the file manifest.json of that checkpoint's directory to it,"
                + " unchanged, under the key \"" + topics.job() + "\".");
    }

    private CommittedState contradiction(String found) {
        return new CommittedState.Contradiction("Group " + topics.owner() + " of topic " + topics.batches() + ": "
                + found
                + ". Nothing is trained from a guess. To go on from the newest published checkpoint and its own offsets,"
                + " forget the group's: kafka-consumer-groups.sh --bootstrap-server " + config.bootstrapServers()
                + " --group " + topics.owner() + " --delete-offsets --topic " + topics.batches());
    }
}
