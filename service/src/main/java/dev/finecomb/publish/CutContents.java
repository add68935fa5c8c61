package dev.finecomb.publish;

import dev.finecomb.ingest.Positions;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * What one cut sends.
 *
 * @param outputs in their order
 * @param manifest of the checkpoint, after all outputs
 * @param offsets next offsets to read, the checkpoint's pointer beside each
 */
record CutContents(List<OutputRecord> outputs, OutputRecord manifest, Map<TopicPartition, OffsetAndMetadata> offsets) {

    /** @param time of the checkpoint record */
    static CutContents of(
            Topics topics,
            Instant time,
            List<OutputRecord> records,
            byte[] manifest,
            Positions positions,
            CheckpointPointer pointer) {
        var headers = new RecordHeaders();
        new CloudEvent(pointer.origin(), MessageKind.CHECKPOINT, pointer.sequence(), time).writeTo(headers);
        return new CutContents(
                records,
                new OutputRecord(topics.checkpoints(), OutputRecord.text(topics.job()), manifest, headers),
                offsets(topics, positions, pointer));
    }

    /** All of them, the manifest last. */
    List<OutputRecord> records() {
        List<OutputRecord> all = new ArrayList<>(outputs);
        all.add(manifest);
        return all;
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(
            Topics topics, Positions positions, CheckpointPointer pointer) {
        String metadata = pointer.format();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        positions
                .nextOffsets()
                .forEach((partition, offset) -> offsets.put(
                        new TopicPartition(topics.batches(), partition),
                        new OffsetAndMetadata(offset, Optional.empty(), metadata)));
        return offsets;
    }
}
