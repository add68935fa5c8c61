package dev.finecomb.loop;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The way between clients and broker. A request may be lost before it arrives, arrive late, or take effect while its answer
 * is lost; the client's background thread then sends it again, as long as its process lives. What a dead process had sent
 * may still arrive, once.
 */
final class SimNetwork {
    private final SimWorld world;
    private final List<SimRequest> flying = new ArrayList<>();

    SimNetwork(SimWorld world) {
        this.world = world;
    }

    /**
     * Sends a request.
     *
     * @param effect what the broker does with it
     * @param isRepeatable whether a second arrival has the effect again, instead of the answer of the first
     */
    SimRequest send(SimProcess from, String what, Supplier<SimRequest.Answer> effect, boolean isRepeatable) {
        long delay = world.random.nextInt(2_000_000);
        if (world.strikes(world.plan.weather().slowRequest())) {
            delay = world.random.nextLong(20 * SimWorld.SECOND);
        }
        SimRequest request = new SimRequest(from, what, effect, isRepeatable, world.now(), world.now() + delay);
        flying.add(request);
        return request;
    }

    /** Requests that may arrive now. */
    void addDueTo(List<SimRequest> due) {
        for (SimRequest request : flying) {
            if (request.dueAt() <= world.now() && !isHeldBack(request)) {
                due.add(request);
            }
        }
    }

    long nextDue() {
        long next = Long.MAX_VALUE;
        for (SimRequest request : flying) {
            if (!isHeldBack(request)) {
                next = Math.min(next, request.dueAt());
            }
        }
        return next;
    }

    /** A process that stands still sends nothing again; what it sent before is on its way, in its order. */
    private static boolean isHeldBack(SimRequest request) {
        return request.isOutOfOrder() || (request.wasTried() && request.from().isFrozen());
    }

    /** One event: the request arrives, or does not. */
    void arrive(SimRequest request) {
        world.countEvent();
        if (request.isOrphaned()) {
            drop(request);
            return;
        }
        SimPlan.Weather weather = world.plan.weather();
        if (world.broker.isAway() || world.strikes(weather.lostRequest())) {
            world.log(() -> request + " lost");
            request.tried();
            again(request, 50 * SimWorld.MILLI + world.random.nextLong(500 * SimWorld.MILLI));
            return;
        }
        SimRequest.Answer answer = request.reach();
        request.tried();
        if (answer instanceof SimRequest.Answer.NotYet) {
            again(request, 20 * SimWorld.MILLI);
        } else if (world.strikes(weather.lostResponse())) {
            world.log(() -> request + " took effect, answer lost: " + answer);
            again(request, 50 * SimWorld.MILLI + world.random.nextLong(500 * SimWorld.MILLI));
        } else {
            world.log(() -> request + " answered: " + answer);
            flying.remove(request);
            request.answered(answer);
        }
    }

    private void again(SimRequest request, long delay) {
        if (request.from().isAlive()) {
            request.dueAt(world.now() + delay);
        } else {
            drop(request);
        }
    }

    private void drop(SimRequest request) {
        request.drop();
        flying.remove(request);
    }

    /** A process died: what it sent may arrive once more, nothing is sent again. */
    void died(SimProcess process) {
        for (Iterator<SimRequest> all = flying.iterator(); all.hasNext(); ) {
            SimRequest request = all.next();
            if (request.from() == process && request.wasTried()) {
                request.drop();
                all.remove();
            }
        }
    }

    /** The client gave up waiting and sends it no more. */
    void forget(SimRequest request) {
        if (request.wasTried()) {
            drop(request);
        }
    }
}
