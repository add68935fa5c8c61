package dev.finecomb.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.HeaderNames;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboxTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
    private static final Topics TOPICS = new Topics("fc", "digits");

    private static JobEvent event(long step) {
        return new JobEvent(new Origin("digits", "i1", step), EventKind.PAUSED, Instant.EPOCH, Map.of());
    }

    private static List<String> ids(List<OutputRecord> records) {
        return records.stream()
                .flatMap(record -> record.headers().stream())
                .filter(header -> header.key().equals(HeaderNames.ID))
                .map(header -> new String(header.value(), UTF_8))
                .toList();
    }

    @Test
    void sealingHandsOverEverythingOnce() {
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(event(1));
        outbox.add(
                SourceRecord.of("fc.digits.batches", 0, 3, new byte[500])
                        .rejected(Outbox.class, RejectReason.SHAPE, "ragged"),
                new Origin("digits", "i1", 1));
        assertThat(outbox.size()).isEqualTo(2);
        assertThat(outbox.bytes()).isBetween(1000L, 3000L);
        List<OutputRecord> sealed = outbox.seal();
        assertThat(sealed).extracting(OutputRecord::topic).containsExactly(TOPICS.events(), TOPICS.deadLetters());
        assertThat(outbox.size()).isZero();
        assertThat(outbox.bytes()).isZero();
        assertThat(outbox.seal()).isEmpty();
        assertThat(sealed).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, vendor=1, true
            00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, none,     true
            00-00000000000000000000000000000000-00f067aa0ba902b7-01, vendor=1, false
            ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, vendor=1, false
            00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01, vendor=1, false
            nonsense,                                                vendor=1, false
            none,                                                    vendor=1, false""")
    void whatABatchLedToCarriesItsTraceContext(@Nullable String parent, @Nullable String state, boolean carried) {
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(event(1));
        outbox.ledToBy(record(parent, state));
        outbox.add(event(2));
        outbox.ledToByNone();
        outbox.add(event(3));
        List<OutputRecord> sealed = outbox.seal();

        assertThat(trace(sealed.get(0))).isEmpty();
        List<String> expected = new ArrayList<>();
        if (carried) {
            expected.add("traceparent=" + parent);
            if (state != null) {
                expected.add("tracestate=" + state);
            }
        }
        assertThat(trace(sealed.get(1))).isEqualTo(expected);
        assertThat(trace(sealed.get(2))).isEmpty();
    }

    private static SourceRecord record(@Nullable String parent, @Nullable String state) {
        var consumed = new ConsumerRecord<byte @Nullable [], byte @Nullable []>("t", 0, 0, null, new byte[1]);
        if (parent != null) {
            consumed.headers().add("traceparent", parent.getBytes(UTF_8));
        }
        if (state != null) {
            consumed.headers().add("tracestate", state.getBytes(UTF_8));
        }
        return SourceRecord.of(consumed);
    }

    private static List<String> trace(OutputRecord record) {
        return record.headers().stream()
                .filter(header -> header.key().startsWith("trace"))
                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .toList();
    }

    @Test
    void identifiersGoOnOverCutsAndRestartsOfOneStep() {
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(event(1));
        outbox.add(event(1));
        assertThat(ids(outbox.seal())).containsExactly("digits/i1/1/event/0", "digits/i1/1/event/1");
        outbox.add(event(1));
        assertThat(ids(outbox.seal())).containsExactly("digits/i1/1/event/2");

        Outbox resumed = new Outbox(TOPICS, CLOCK, outbox.numbers());
        resumed.add(event(1));
        resumed.add(event(2));
        assertThat(ids(resumed.seal())).containsExactly("digits/i1/1/event/3", "digits/i1/2/event/0");
        assertThatIllegalArgumentException().isThrownBy(() -> resumed.add(event(1)));
    }

    @Test
    void aMaskSnapshotIsRetiredKeysThenChunksThenTheManifest() throws Exception {
        GroupedLayout wide = new GroupedLayout(List.of(2L, 8L), 4);
        LayerBits all = new LayerBits("fc.weight", wide, new byte[] {-1, -1});
        MaskPublication first = MaskPublication.first(draft(1, all));
        LayerBits other = new LayerBits("head.weight", wide, new byte[] {0x33, 0x33});
        MaskPublication second = MaskPublication.after(first.manifest(), draft(2, other));
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(first);
        outbox.seal();
        outbox.add(second);
        List<OutputRecord> records = outbox.seal();
        assertThat(records)
                .extracting(record -> new String(record.key().orElseThrow(), UTF_8))
                .containsExactly("fc.weight#0", "head.weight#0", "manifest");
        assertThat(records.getFirst().value()).isEmpty();
        assertThat(records.getLast().value()).hasValue(second.manifest().encode());
        assertThat(records).allSatisfy(record -> assertThat(record.topic()).isEqualTo(TOPICS.masks()));
    }

    private static MaskDraft draft(long version, LayerBits layer) {
        return new MaskDraft(
                new Origin("digits", "i1", 1), version, MaskState.SEARCHING, Pattern.parse("2:4"), List.of(layer));
    }
}
