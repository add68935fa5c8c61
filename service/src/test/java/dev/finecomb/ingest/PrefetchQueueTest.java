package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.protocol.batch.RejectReason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetchQueueTest {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Set<Integer> ONLY = Set.of(0);

    private final PrefetchQueue queue = new PrefetchQueue(1000, 1);
    private final PrefetchQueue two = new PrefetchQueue(1000, 2);
    private final Exception reason = new Exception("lost");

    private static Polled record(int partition, long offset) {
        return new Polled.Rejected(SourceRecord.of("topic", partition, offset, new byte[0])
                .rejected(PrefetchQueueTest.class, RejectReason.EMPTY, "empty"));
    }

    @Test
    void whatWasReadBeforeAFailureIsStillHandedOut() throws Exception {
        queue.add(0, new Polled.Nothing(), 10);
        queue.fail(reason);
        queue.fail(new Exception("later"));
        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.poll(ONLY, WAIT)).isEqualTo(new PrefetchQueue.Item.Ready(new Polled.Nothing(), 0));
        assertThat(queue.poll(ONLY, WAIT)).isEqualTo(new PrefetchQueue.Item.Broken(reason));
    }

    @Test
    void whatMayNotBeWhatItWasTakenForIsNotHandedOut() throws Exception {
        queue.add(0, new Polled.Nothing(), 10);
        queue.fail(new Exception("harmless"));
        queue.revoke(reason);
        queue.add(0, new Polled.Nothing(), 10);
        for (int i = 0; i < 3; i++) {
            assertThat(queue.poll(ONLY, WAIT)).isEqualTo(new PrefetchQueue.Item.Broken(reason));
        }
        assertThat(queue.isBroken()).isTrue();
    }

    @Test
    void aPartitionIsPolledAloneOrAllInTheOrderOfArrival() throws Exception {
        two.add(1, record(1, 0), 10);
        two.add(0, record(0, 0), 10);
        two.add(1, record(1, 1), 10);
        two.fail(reason);
        assertThat(two.poll(Set.of(0), WAIT))
                .isInstanceOfSatisfying(
                        PrefetchQueue.Item.Ready.class,
                        item -> assertThat(item.partition()).isZero());
        two.add(0, record(0, 1), 10);
        assertThat(two.bytes()).isEqualTo(30);
        for (int partition : new int[] {1, 1, 0}) {
            assertThat(two.poll(Set.of(0, 1), WAIT))
                    .isInstanceOfSatisfying(
                            PrefetchQueue.Item.Ready.class,
                            item -> assertThat(item.partition()).isEqualTo(partition));
        }
        assertThat(two.bytes()).isZero();
        assertThat(two.poll(Set.of(0, 1), WAIT)).isEqualTo(new PrefetchQueue.Item.Broken(reason));
    }

    @Test
    void aFullPartitionLeavesTheOthersTheirRoom() throws Exception {
        two.add(0, record(0, 0), 400);
        assertThat(two.hasRoomFor(0, 101)).isFalse();
        assertThat(two.hasRoomFor(0, 100)).isTrue();
        assertThat(two.hasRoomFor(1, 5000)).isTrue();
        assertThat(two.isHalfEmpty(0)).isFalse();
        assertThat(two.isHalfEmpty(1)).isTrue();
        assertThat(two.poll(Set.of(1), Duration.ZERO)).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> two.add(2, record(2, 0), 1));
    }

    @Test
    void whoWaitsIsWokenByWhatItWaitsFor() throws Exception {
        var waiting = new FutureTask<>(() -> two.poll(Set.of(1), WAIT));
        Thread.ofVirtual().start(waiting);
        two.add(0, record(0, 0), 10);
        two.add(1, record(1, 0), 10);
        assertThat(waiting.get(5, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        PrefetchQueue.Item.Ready.class,
                        item -> assertThat(item.partition()).isEqualTo(1));
    }
}
