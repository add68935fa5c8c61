package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrefetchQueueTest {
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final PrefetchQueue queue = new PrefetchQueue(1000);
    private final Exception reason = new Exception("lost");

    @Test
    void whatWasReadBeforeAFailureIsStillHandedOut() throws Exception {
        queue.add(new Polled.Nothing(), 10);
        queue.fail(reason);
        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.poll(WAIT)).isEqualTo(new PrefetchQueue.Item.Ready(new Polled.Nothing(), 10));
        assertThat(queue.poll(WAIT)).isEqualTo(new PrefetchQueue.Item.Broken(reason));
    }

    @Test
    void whatMayNotBeWhatItWasTakenForIsNotHandedOut() throws Exception {
        queue.add(new Polled.Nothing(), 10);
        queue.revoke(reason);
        queue.add(new Polled.Nothing(), 10);
        for (int i = 0; i < 3; i++) {
            assertThat(queue.poll(WAIT)).isEqualTo(new PrefetchQueue.Item.Broken(reason));
        }
        assertThat(queue.isBroken()).isTrue();
    }
}
