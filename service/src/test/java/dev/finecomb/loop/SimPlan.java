package dev.finecomb.loop;

import dev.finecomb.config.CheckpointConfig;
import dev.finecomb.config.CheckpointConfig.OnCorrupt;
import dev.finecomb.config.ExportConfig.WhenFinished;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.config.Place;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a schedule is about, drawn from its seed: the input, how often cuts are made, and which faults happen how often. Each
 * kind of fault is left out of half of the schedules, so that each also meets all others alone.
 *
 * @param input the records, and how steps are made of them
 * @param orders the records of the commands topic
 * @param removalEvery steps between two removals
 * @param plannedSteps the step after which the model is finished
 * @param cuts when cuts are due, and how many checkpoints are kept
 * @param weather faults of the network and the disk
 * @param fate faults of processes and machines
 * @param eventsOfFaults events after which nothing goes wrong any more
 * @param broken deliberate mistakes
 */
record SimPlan(
        SimInput input,
        List<SimOrder> orders,
        int removalEvery,
        int plannedSteps,
        Cuts cuts,
        Weather weather,
        Fate fate,
        int eventsOfFaults,
        Set<SimBreak> broken) {
    static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);
    static final Duration MAX_BLOCK = Duration.ofSeconds(5);
    static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(5);
    static final KafkaConfig KAFKA = KafkaFixture.config("broker:9092", "sim");
    static final Topics TOPICS = KafkaFixture.topics(KAFKA);
    static final Pattern PATTERN = new Pattern(2, 4);

    /** When cuts are due, and how many checkpoints are kept beside the newest. */
    record Cuts(int everySteps, Duration every, long outboxBytes, int keep) {}

    /** How likely a request or a step of the disk meets its fault. */
    record Weather(
            double lostRequest,
            double lostResponse,
            double slowRequest,
            double refusedRequest,
            double lateMarkers,
            double diskError) {}

    /** How likely an event is one of these; the second is how likely a commit is followed by a crash. */
    record Fate(
            double crash,
            double crashAfterCommit,
            double machineCrash,
            double freeze,
            double secondOwner,
            double stop,
            double brokerAway,
            double diskFull) {}

    /** The plan of a seed. */
    static SimPlan of(RandomGenerator random, Set<SimBreak> broken) {
        int removalEvery = 1 + random.nextInt(3);
        int steps = SimTrainer.REMOVALS * removalEvery + 1 + random.nextInt(3);
        return new SimPlan(
                SimInput.of(random, steps),
                SimOrder.draw(random),
                removalEvery,
                steps,
                new Cuts(
                        1 + random.nextInt(4),
                        Duration.ofMillis(random.nextBoolean() ? 10_000 : 20),
                        random.nextInt(4) == 0 ? 1500 : 1 << 20,
                        random.nextInt(4)),
                new Weather(
                        chance(random, 0.05),
                        chance(random, 0.05),
                        chance(random, 0.02),
                        chance(random, 0.02),
                        chance(random, 0.3),
                        chance(random, 0.01)),
                new Fate(
                        chance(random, 0.01),
                        chance(random, 0.3),
                        chance(random, 0.005),
                        chance(random, 0.01),
                        chance(random, 0.01),
                        chance(random, 0.003),
                        chance(random, 0.003),
                        chance(random, 0.003)),
                100 + random.nextInt(900),
                broken);
    }

    /** A likelihood for a schedule: in half of them none. */
    static double chance(RandomGenerator random, double most) {
        return random.nextBoolean() ? random.nextDouble() * most : 0;
    }

    /** The same without any mistake. */
    SimPlan unbroken() {
        return new SimPlan(input, orders, removalEvery, plannedSteps, cuts, weather, fate, eventsOfFaults, Set.of());
    }

    boolean breaks(SimBreak what) {
        return broken.contains(what);
    }

    LoopSettings settings(Path store) {
        return new LoopSettings(
                PATTERN,
                new CheckpointConfig(
                        new Place.Directory(store),
                        cuts.everySteps(),
                        cuts.every(),
                        cuts.keep(),
                        cuts.outboxBytes(),
                        OnCorrupt.STOP),
                plannedSteps,
                WhenFinished.STOP,
                OptionalLong.empty(),
                new LoopSettings.Input(input.rules(), 1));
    }
}
