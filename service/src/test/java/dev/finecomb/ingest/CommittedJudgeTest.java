package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.message.CheckpointManifest;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class CommittedJudgeTest {
    private static final KafkaConfig CONFIG = KafkaFixture.config("broker:9092", "digits");
    private static final CheckpointManifest MANIFEST = KafkaFixture.manifest("digits", 4, Positions.of(0, 40));

    private final CommittedJudge judge = new CommittedJudge(CONFIG, KafkaFixture.topics(CONFIG));

    private static Optional<PublishedManifest> published(CheckpointManifest manifest) throws MalformedMessageException {
        return Optional.of(PublishedManifest.decode("fc.checkpoints-0 at offset 9", manifest.encode()));
    }

    private static Map<Integer, OffsetAndMetadata> at(long offset, String metadata) {
        return Map.of(0, new OffsetAndMetadata(offset, metadata));
    }

    private void contradicts(
            Map<Integer, OffsetAndMetadata> offsets, Optional<PublishedManifest> manifest, String... parts) {
        assertThat(judge.judge(offsets, manifest))
                .isInstanceOfSatisfying(
                        CommittedState.Contradiction.class,
                        contradiction -> assertThat(contradiction.message())
                                .contains("fc.digits")
                                .contains(parts));
    }

    @Test
    void agreementIsAPlaceToGoOn() throws Exception {
        assertThat(judge.judge(at(40, MANIFEST.pointer().format()), published(MANIFEST)))
                .isEqualTo(new CommittedState.At(MANIFEST.pointer(), Positions.of(0, 40), MANIFEST));
        assertThat(judge.judge(Map.of(), published(MANIFEST)))
                .isEqualTo(new CommittedState.OffsetsLost(MANIFEST.pointer(), Positions.of(0, 40), MANIFEST));
        assertThat(judge.judge(Map.of(), Optional.empty())).isEqualTo(new CommittedState.None());
    }

    @Test
    void everyDisagreementSaysWhatWasFound() throws Exception {
        String pointer = MANIFEST.pointer().format();
        contradicts(at(40, ""), published(MANIFEST), "{0=40}", "--delete-offsets");
        contradicts(at(40, "fc9;what"), published(MANIFEST), "fc9;what");
        contradicts(at(41, pointer), published(MANIFEST), "{0=41}", "{0=40}");
        contradicts(at(40, pointer), Optional.empty(), pointer, "manifest.json");
        CheckpointManifest other = KafkaFixture.manifest("digits", 5, Positions.of(0, 40));
        contradicts(at(40, pointer), published(other), pointer, other.pointer().format());
        CheckpointManifest foreign = KafkaFixture.manifest("letters", 4, Positions.of(0, 40));
        contradicts(at(40, foreign.pointer().format()), published(MANIFEST), "another job");
        Map<Integer, OffsetAndMetadata> torn = Map.of(
                0,
                new OffsetAndMetadata(40, pointer),
                1,
                new OffsetAndMetadata(7, other.pointer().format()));
        contradicts(torn, published(MANIFEST), "different checkpoints");
    }

    @Test
    void onlyAtLeastOnceLooksForAnOlderManifestThanTheNewest() throws Exception {
        CheckpointManifest later = KafkaFixture.manifest("digits", 5, Positions.of(0, 50));
        Map<Integer, OffsetAndMetadata> offsets = at(40, MANIFEST.pointer().format());
        var repeating = new CommittedJudge(KafkaFixture.atLeastOnce(CONFIG), KafkaFixture.topics(CONFIG));

        assertThat(judge.olderManifest(offsets, published(later).orElseThrow())).isEmpty();
        assertThat(repeating.olderManifest(offsets, published(later).orElseThrow()))
                .contains(MANIFEST.pointer().manifestSha256());
        assertThat(repeating.olderManifest(offsets, published(MANIFEST).orElseThrow()))
                .isEmpty();
        assertThat(repeating.olderManifest(at(40, "fc9;what"), published(later).orElseThrow()))
                .isEmpty();
        assertThat(repeating.olderManifest(Map.of(), published(later).orElseThrow()))
                .isEmpty();
        assertThat(repeating.judge(offsets, published(MANIFEST)))
                .isEqualTo(new CommittedState.At(MANIFEST.pointer(), Positions.of(0, 40), MANIFEST));
        assertThat(repeating.judge(offsets, published(later))).isInstanceOf(CommittedState.Contradiction.class);
    }
}
