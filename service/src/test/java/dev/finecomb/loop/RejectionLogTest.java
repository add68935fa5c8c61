package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.batch.RejectReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RejectionLogTest {
    private final AtomicLong now = new AtomicLong();
    private final List<String> lines = new ArrayList<>();
    private final RejectionLog log = new RejectionLog(now::get, lines::add);

    @Test
    void tellsTheFirstOfEachReasonAndCountsTheOthers() {
        reject(10_000, RejectReason.SHAPE);
        reject(2, RejectReason.DTYPE);
        assertThat(lines).hasSize(RejectionLog.IN_FULL + 2);
        assertThat(lines.getFirst()).startsWith("rejected record=").endsWith("reason=SHAPE detail=bad");

        now.addAndGet(RejectionLog.MINUTE.toNanos());
        log.sumUpIfDue();
        log.sumUpIfDue();
        assertThat(lines).hasSize(RejectionLog.IN_FULL + 3);
        assertThat(lines.getLast())
                .isEqualTo("rejected more=9997 reasons={SHAPE=9997}; the dead letters hold them all");

        reject(1, RejectReason.SHAPE);
        assertThat(lines.getLast()).startsWith("rejected record=");
    }

    @Test
    void theEndSumsUpEarly() {
        reject(RejectionLog.IN_FULL, RejectReason.SHAPE);
        log.sumUp();
        assertThat(lines).hasSize(RejectionLog.IN_FULL);

        reject(RejectionLog.IN_FULL + 1, RejectReason.SHAPE);
        log.sumUp();
        assertThat(lines.getLast()).startsWith("rejected more=1 reasons={SHAPE=1}");
    }

    private void reject(int times, RejectReason reason) {
        var record = SourceRecord.of("batches", 0, 5, new byte[0]);
        for (int i = 0; i < times; i++) {
            log.rejected(new RejectedRecord(record, reason, "test", "bad"));
        }
    }
}
