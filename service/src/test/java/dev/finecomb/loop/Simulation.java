package dev.finecomb.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One schedule: a job from its first start to its finished model, among everything that may happen to it. One integer
 * decides all of it, so that the same integer gives the same schedule again.
 *
 * <p>An event is one thread going on to its next interior point, or one request reaching the broker. Between any two events
 * a process may die or stand still, the machine may lose its power, a second owner may start. After a while the world
 * calms down; then the job has to come to its end.
 */
final class Simulation {
    private static final int MOST_EVENTS = 20_000;
    private static final int MOST_PROCESSES = 3;

    private final SimWorld world;
    private final SimArrivals arrivals;
    private final Invariants invariants;
    private final List<SimProcess> processes = new ArrayList<>();
    private final List<SimThread> runnable = new ArrayList<>();
    private final List<SimRequest> due = new ArrayList<>();
    private int started;
    private int seenCommits;
    private long restartAt;

    private Simulation(long seed, Set<SimBreak> broken, boolean traced) {
        SplittableRandom random = new SplittableRandom(seed);
        SimPlan plan = SimPlan.of(random, broken);
        this.world = new SimWorld(plan, random, traced);
        this.invariants = new Invariants(world, new SimOracle(plan, random));
        this.arrivals = new SimArrivals(world);
    }

    /**
     * Runs a schedule.
     *
     * @return events it took
     * @throws InvariantViolation as soon as an invariant does not hold
     */
    static long run(long seed, Set<SimBreak> broken) {
        Simulation simulation = new Simulation(seed, broken, false);
        simulation.run();
        return simulation.world.events();
    }

    /** Runs a schedule again and tells everything that happened in it, with its violation as the last line. */
    static List<String> trace(long seed, Set<SimBreak> broken) {
        Simulation simulation = new Simulation(seed, broken, true);
        List<String> log = simulation.world.log();
        log.add(simulation.world.plan.toString());
        try {
            simulation.run();
        } catch (InvariantViolation e) {
            log.add(e.getMessage());
        }
        return log;
    }

    private void run() {
        while (!isOver()) {
            if (world.events() >= MOST_EVENTS) {
                throw new InvariantViolation("liveness", "no end after " + MOST_EVENTS + " events");
            }
            if (!world.isCalm() && world.events() >= world.plan.eventsOfFaults()) {
                calmDown();
            }
            strike();
            tick();
            if (!step() && !isOver()) {
                passTime();
            }
            invariants.afterEvent();
            processes.removeIf(process -> !process.isAlive());
        }
        invariants.i7ResultIsThatOfAnUninterruptedRun();
    }

    /** The model is announced, and every process has seen that there is nothing left to do. */
    private boolean isOver() {
        return invariants.isFinished() && processes.isEmpty();
    }

    private void calmDown() {
        world.log(() -> "calm");
        world.calmDown();
        processes.forEach(SimProcess::thaw);
    }

    private void strike() {
        SimPlan.Fate fate = world.plan.fate();
        if (world.isCalm()) {
            return;
        }
        boolean committed = invariants.commits() > seenCommits;
        seenCommits = invariants.commits();
        if (world.strikes(committed ? fate.crash() + fate.crashAfterCommit() : fate.crash()) && !processes.isEmpty()) {
            SimProcess victim = any();
            world.log(() -> "kill -9 " + victim);
            victim.die();
        }
        if (world.strikes(fate.machineCrash())) {
            world.log(() -> "the machine dies");
            processes.forEach(SimProcess::die);
            world.disk.loseUnforced();
        }
        processes.removeIf(process -> !process.isAlive());
        if (world.strikes(fate.freeze()) && !processes.isEmpty()) {
            SimProcess victim = any();
            long nanos = world.random.nextLong(30 * SimWorld.SECOND);
            world.log(() -> victim + " stands still for " + nanos / SimWorld.MILLI + "ms");
            victim.freeze(nanos);
        }
        if (world.strikes(fate.secondOwner()) && processes.size() < MOST_PROCESSES) {
            start();
        }
        if (world.strikes(fate.stop()) && !processes.isEmpty()) {
            SimProcess victim = any();
            world.log(() -> "SIGTERM " + victim);
            victim.stop();
        }
        strikeSurroundings(fate);
    }

    private void strikeSurroundings(SimPlan.Fate fate) {
        if (world.strikes(fate.brokerAway())) {
            world.broker.goAway(world.random.nextLong(30 * SimWorld.SECOND));
        }
        if (world.strikes(fate.diskFull())) {
            world.disk.beFullFor(world.random.nextLong(5 * SimWorld.SECOND));
        }
    }

    private SimProcess any() {
        return processes.get(world.random.nextInt(processes.size()));
    }

    private void start() {
        started++;
        SimProcess process = new SimProcess(world, arrivals, started);
        world.log(() -> process + " starts");
        processes.add(process);
    }

    private void tick() {
        world.broker.tick();
        arrivals.tick();
        boolean needsOwner = !invariants.isFinished() && processes.stream().allMatch(SimProcess::isFrozen);
        if (!needsOwner) {
            restartAt = Long.MAX_VALUE;
        } else if (restartAt == Long.MAX_VALUE || started == 0) {
            restartAt = world.now() + (started == 0 ? 0 : world.random.nextLong(3 * SimWorld.SECOND));
        }
        if (needsOwner && world.now() >= restartAt && processes.size() < MOST_PROCESSES) {
            start();
            restartAt = Long.MAX_VALUE;
        }
    }

    /** One event, if anything can happen now. */
    private boolean step() {
        runnable.clear();
        due.clear();
        for (SimProcess process : processes) {
            if (!process.isFrozen()) {
                process.addRunnableTo(runnable);
            }
        }
        world.network.addDueTo(due);
        int choices = runnable.size() + due.size();
        if (choices == 0) {
            return false;
        }
        int choice = world.random.nextInt(choices);
        if (choice < runnable.size()) {
            world.run(runnable.get(choice));
        } else {
            world.network.arrive(due.get(choice - runnable.size()));
        }
        world.passTime(world.random.nextInt(400_000));
        return true;
    }

    /** Nothing can happen now: to the next moment at which something can. */
    private void passTime() {
        long next = Math.min(world.network.nextDue(), Math.min(world.broker.nextTick(), arrivals.nextTick()));
        next = Math.min(next, restartAt);
        for (SimProcess process : processes) {
            next = Math.min(next, process.isFrozen() ? process.frozenUntil() : process.nextWake());
        }
        if (next == Long.MAX_VALUE) {
            throw new InvariantViolation("liveness", "nothing will ever happen again");
        }
        world.passTime(Math.max(1, next - world.now()));
        world.countEvent();
    }
}
