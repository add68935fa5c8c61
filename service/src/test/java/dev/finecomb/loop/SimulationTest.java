package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.finecomb.Battery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Many schedules of one job, each from one integer. {@code -Dsimulation.schedules} says how many,
 * {@code -Dsimulation.seed} picks one, and a failure prints its integer, the invariant and everything that happened.
 */
class SimulationTest {
    private static final int LOG_LINES = 400;
    private static final int MOST_TRIES = 500;

    private static final Logger LOOP = (Logger) LoggerFactory.getLogger("dev.finecomb");
    private static Level before = Level.WARN;

    /** The loop's complaints about the faults it meets are the point here, millions of times. */
    @BeforeAll
    static void silence() {
        before = LOOP.getEffectiveLevel();
        LOOP.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOOP.setLevel(before);
    }

    @Test
    void invariantsHoldInEverySchedule() throws Exception {
        Long seed = Long.getLong("simulation.seed");
        if (seed != null) {
            runOne(seed);
            return;
        }
        long schedules = Battery.count("simulation.schedules", 5000);
        AtomicLong next = new AtomicLong();
        AtomicLong events = new AtomicLong();
        long begin = System.nanoTime();
        inParallel(() -> {
            for (long mine = next.getAndIncrement(); mine < schedules; mine = next.getAndIncrement()) {
                events.addAndGet(runOne(mine));
            }
            return null;
        });
        assertThat(next.get()).isGreaterThanOrEqualTo(schedules);
        Battery.ran(
                "simulated-schedules",
                schedules,
                Duration.ofNanos(System.nanoTime() - begin),
                events.get() + " events; I1 to I7 after each");
    }

    /** The tests of the tests: a part that makes a mistake does not get through. */
    @ParameterizedTest
    @EnumSource
    void eachDeliberateMistakeIsCaughtByAnInvariant(SimBreak mistake) {
        for (long seed = 0; seed < MOST_TRIES; seed++) {
            try {
                Simulation.run(seed, Set.of(mistake));
            } catch (InvariantViolation e) {
                assertThat(e.invariant()).isIn(mistake.caughtBy());
                return;
            }
        }
        fail(mistake + " got through " + MOST_TRIES + " schedules");
    }

    @Test
    void theSameIntegerGivesTheSameSchedule() {
        assertThat(Simulation.trace(7, Set.of())).isEqualTo(Simulation.trace(7, Set.of()));
    }

    private static void inParallel(Callable<Void> work) throws InterruptedException, ExecutionException {
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(work));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        }
    }

    private static long runOne(long seed) {
        try {
            return Simulation.run(seed, Set.of());
        } catch (InvariantViolation e) {
            List<String> log = Simulation.trace(seed, Set.of());
            int from = Math.max(0, log.size() - LOG_LINES);
            return fail(
                    "schedule " + seed + " (again: -Dsimulation.seed=" + seed + ") breaks " + e.getMessage()
                            + System.lineSeparator()
                            + String.join(System.lineSeparator(), log.subList(from, log.size())),
                    e);
        }
    }
}
