package dev.finecomb.publish;

import dev.finecomb.ingest.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The W3C trace context that a batch's record brought, for the outputs that the batch led to. It is carried as it came; a
 * context that is malformed is no context, as the recommendation has it.
 *
 * @param headers {@code traceparent}, and {@code tracestate} if there is one; empty for none
 */
record TraceContext(List<Header> headers) {
    static final TraceContext NONE = new TraceContext(List.of());

    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";
    private static final int LONGEST_STATE = 512;
    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    TraceContext {
        headers = List.copyOf(headers);
    }

    static TraceContext of(SourceRecord record) {
        Optional<Header> parent = last(record, PARENT)
                .filter(header -> VALID.matcher(new String(header.value(), StandardCharsets.US_ASCII))
                        .matches());
        if (parent.isEmpty()) {
            return NONE;
        }
        List<Header> both = new ArrayList<>(List.of(parent.get()));
        last(record, STATE)
                .filter(header -> header.value().length <= LONGEST_STATE)
                .ifPresent(both::add);
        return new TraceContext(both);
    }

    private static Optional<Header> last(SourceRecord record, String name) {
        return record.headers().reversed().stream()
                .filter(header -> header.key().equals(name) && header.value() != null)
                .findFirst();
    }

    void writeTo(Headers target) {
        headers.forEach(target::add);
    }
}
