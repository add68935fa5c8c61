package dev.finecomb.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventTest {
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.250Z");
    private static final Origin ORIGIN = new Origin("digits", "2f1c9a4e", 42);

    @Test
    void writesEveryHeaderByName() {
        Headers headers = written(MessageKind.MASK);

        assertThat(headers.toArray())
                .extracting(header -> header.key() + "=" + text(header))
                .containsExactlyInAnyOrder(
                        "ce_specversion=1.0",
                        "ce_id=digits/2f1c9a4e/42/mask/3",
                        "ce_type=dev.finecomb.mask.v1",
                        "ce_source=urn:finecomb:job:digits",
                        "ce_time=2026-01-31T12:00:00.250Z",
                        "content-type=application/vnd.safetensors",
                        "fc-job=digits",
                        "fc-incarnation=2f1c9a4e",
                        "fc-step=42");
    }

    @ParameterizedTest
    @EnumSource
    void readsBackWhatItWrote(MessageKind kind) throws MalformedMessageException {
        Headers headers = written(kind);
        headers.add("traceparent", "unknown headers are ignored".getBytes(StandardCharsets.UTF_8));

        assertThat(CloudEvent.readFrom(headers)).isEqualTo(new CloudEvent(ORIGIN, kind, 3, TIME));
    }

    @Test
    void writingAgainReplaces() throws MalformedMessageException {
        Headers headers = written(MessageKind.MASK);
        CloudEvent other = new CloudEvent(ORIGIN.at(43), MessageKind.EVENT, 0, TIME);
        other.writeTo(headers);

        assertThat(headers.toArray()).hasSize(9);
        assertThat(CloudEvent.readFrom(headers)).isEqualTo(other);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ce_specversion",
                "ce_id",
                "ce_type",
                "ce_source",
                "ce_time",
                "content-type",
                "fc-job",
                "fc-incarnation",
                "fc-step"
            })
    void aMissingHeaderIsNamed(String name) {
        Headers headers = written(MessageKind.METRICS);
        headers.remove(name);

        assertThat(refusal(headers).field()).isEqualTo(name);
        assertThat(refusal(headers).found()).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource({
        "ce_specversion, 0.3",
        "ce_id, digits/2f1c9a4e/42/metrics/-1",
        "ce_id, digits/2f1c9a4e/42/metrics/03",
        "ce_id, other/2f1c9a4e/42/metrics/3",
        "ce_id, x",
        "ce_type, dev.finecomb.metrics.v2",
        "ce_source, urn:finecomb:job:other",
        "ce_time, yesterday",
        "content-type, application/vnd.safetensors",
        "fc-job, a.b",
        "fc-incarnation, a/b",
        "fc-step, -1",
        "fc-step, 1.5",
    })
    void aContradictingHeaderIsNamed(String name, String value) {
        Headers headers = written(MessageKind.METRICS);
        headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));

        assertThat(refusal(headers).field()).isEqualTo(name);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        Headers headers = written(MessageKind.METRICS);
        headers.remove("fc-job").add("fc-job", new byte[] {(byte) 0xff});

        assertThat(refusal(headers).expected()).isEqualTo("UTF-8 text");
    }

    private static MalformedMessageException refusal(Headers headers) {
        MalformedMessageException refusal =
                catchThrowableOfType(MalformedMessageException.class, () -> CloudEvent.readFrom(headers));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static Headers written(MessageKind kind) {
        Headers headers = new RecordHeaders();
        new CloudEvent(ORIGIN, kind, 3, TIME).writeTo(headers);
        return headers;
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
