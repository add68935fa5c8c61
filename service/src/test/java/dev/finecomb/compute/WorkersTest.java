package dev.finecomb.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyBlockIsDoneOnceBeforeRunReturns(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int blocks = 0; blocks < 200; blocks++) {
                AtomicIntegerArray done = new AtomicIntegerArray(blocks);
                workers.run(blocks, done::incrementAndGet);
                assertThat(IntStream.range(0, blocks).map(done::get)).allMatch(times -> times == 1);
            }
        }
    }

    @Test
    void helpersWorkBesideTheCaller() throws Exception {
        try (Workers workers = new Workers(2)) {
            CountDownLatch both = new CountDownLatch(2);
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            workers.run(2, block -> {
                threads.add(Thread.currentThread());
                both.countDown();
                await(both);
            });
            assertThat(threads).hasSize(2).contains(Thread.currentThread());
        }
    }

    @Test
    void aFailureComesOutAndTheCrewGoesOn() {
        try (Workers workers = new Workers(3)) {
            assertThatThrownBy(() -> workers.run(50, block -> {
                        if (block % 7 == 3) {
                            throw new IllegalStateException("block " + block);
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("block ");
            AtomicInteger done = new AtomicInteger();
            workers.run(50, block -> done.incrementAndGet());
            assertThat(done).hasValue(50);
        }
    }

    @Test
    void anInterruptedCallerStillWaitsAndStaysInterrupted() {
        try (Workers workers = new Workers(2)) {
            AtomicInteger done = new AtomicInteger();
            Thread.currentThread().interrupt();
            workers.run(100, block -> {
                Thread.onSpinWait();
                done.incrementAndGet();
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(done).hasValue(100);
        }
    }

    @Test
    void aCrewHasAtLeastItsCaller() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Workers(0)).withMessageContaining("threads is 0");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
