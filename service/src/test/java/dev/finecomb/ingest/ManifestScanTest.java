package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ManifestScanTest {
    @Test
    void anInterruptIsAnInterruptAndNotAFailureOfTheBroker() {
        var partition = new TopicPartition("fc.checkpoints", 0);
        var consumer = new MockConsumer<byte @Nullable [], byte @Nullable []>("none");
        consumer.updateBeginningOffsets(Map.of(partition, 0L));
        consumer.schedulePollTask(() -> {
            throw new InterruptException("stop");
        });
        var scan = new ManifestScan(consumer, "digits", Duration.ofSeconds(10));
        assertThatThrownBy(() -> scan.read(Map.of(partition, 3L))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
