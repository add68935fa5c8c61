package dev.finecomb.loop;

import static dev.finecomb.loop.Invariants.require;

import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.Verb;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the visible events answer to the orders: to each record of the topic one answer, and each order obeyed once. */
final class SimAnswers {
    private final List<SimOrder> orders;
    private final long plannedSteps;
    private final Set<String> known = new HashSet<>();
    private int answered;
    private int pauses;
    private int pausesTold;
    private boolean paused;
    private long pausedAt;

    SimAnswers(SimPlan plan) {
        this.orders = plan.orders();
        this.plannedSteps = plan.plannedSteps();
    }

    /** An event that became visible. */
    void read(JobEvent event) {
        switch (event.kind()) {
            case COMMAND_APPLIED, COMMAND_REFUSED -> answer(event);
            case PAUSED -> pausesTold++;
            default -> {
                // No answer.
            }
        }
    }

    private void answer(JobEvent event) {
        require("I6", answered < orders.size(), () -> "an answer to no order: " + event);
        SimOrder order = orders.get(answered);
        answered++;
        require(
                "I6",
                Scalar.of(order.id()).equals(event.details().get("commandId")),
                () -> "the answer to " + order + " is due, found " + event);
        boolean applied = event.kind() == EventKind.COMMAND_APPLIED;
        long step = event.origin().step();
        // At the last step the job may be finished already, and what is finished can't be paused.
        boolean late = order.verb().equals(Optional.of(Verb.PAUSE)) && step == plannedSteps;
        boolean due = isObeyed(order);
        require("I6", applied == due || (late && !applied), () -> order + " was answered with " + event);
        if (applied) {
            obey(order.verb().orElseThrow(), step);
        }
    }

    private boolean isObeyed(SimOrder order) {
        return order.verb().isPresent()
                && known.add(order.id())
                && switch (order.verb().get()) {
                    case PAUSE -> !paused;
                    case RESUME -> paused;
                    default -> true;
                };
    }

    private void obey(Verb verb, long step) {
        require("I6", !paused || step == pausedAt, () -> verb + " at step " + step + " of a job paused at " + pausedAt);
        switch (verb) {
            case PAUSE -> {
                paused = true;
                pauses++;
                pausedAt = step;
            }
            case RESUME -> paused = false;
            default -> {
                // Changes nothing that lasts.
            }
        }
    }

    /** A commit tells exactly of the orders that its checkpoint says are taken. */
    void requireTaken(LoopMemory memory) {
        long taken = memory.orders().nextOffset();
        require("I6", answered == taken, () -> taken + " orders are taken, " + answered + " answered");
        require("I6", pauses == pausesTold, () -> pauses + " pauses, told of " + pausesTold);
        require("I6", memory.standing().paused() == paused, () -> "paused is " + paused + " by the answers");
        require(
                "I6",
                !paused || memory.progress().step() == pausedAt,
                () -> "at step " + memory.progress().step() + ", paused at " + pausedAt);
    }
}
