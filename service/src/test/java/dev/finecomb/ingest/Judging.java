package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** Lets a simulation weigh what it read as the service does. */
public final class Judging {
    private Judging() {}

    /**
     * What offsets and manifest mean together.
     *
     * @param manifest value of the newest record of the job in the checkpoints topic
     */
    public static CommittedState judge(
            KafkaConfig config, Map<Integer, OffsetAndMetadata> offsets, Optional<byte[]> manifest) {
        Optional<PublishedManifest> published = manifest.map(value -> {
            try {
                return PublishedManifest.decode("the checkpoints topic", value);
            } catch (MalformedMessageException e) {
                throw new IllegalArgumentException(e);
            }
        });
        return new CommittedJudge(config, new Topics(config.prefix(), config.job())).judge(offsets, published);
    }
}
