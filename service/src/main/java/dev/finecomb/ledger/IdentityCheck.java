package dev.finecomb.ledger;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.MessageKind;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Every {@code ce_id} occurs once. The first message of a kind in a step, which is all of the metrics, costs one bit; the
 * few others are remembered as they are.
 */
final class IdentityCheck {
    private final Delivery delivery;
    private final Violations violations = new Violations();
    private final Map<String, Map<MessageKind, BitSet>> firstOfStep = new HashMap<>(); // by incarnation
    private final Set<String> others = new HashSet<>();
    private long identities;
    private long repeats;

    /** @param delivery whether repeats are violations */
    IdentityCheck(Delivery delivery) {
        this.delivery = delivery;
    }

    /** Notes an identity and returns whether it is new. */
    boolean isNew(LedgerRecord record, CloudEvent event) {
        if (!note(event)) {
            repeats++;
            if (delivery == Delivery.EXACTLY_ONCE) {
                violations.add(record.where() + " repeats ce_id " + event.id());
            }
            return false;
        }
        identities++;
        return true;
    }

    private boolean note(CloudEvent event) {
        long step = event.origin().step();
        if (event.number() != 0 || step > Integer.MAX_VALUE - 1) {
            return others.add(event.id());
        }
        BitSet steps = firstOfStep
                .computeIfAbsent(event.origin().incarnation(), _ -> new EnumMap<>(MessageKind.class))
                .computeIfAbsent(event.kind(), _ -> new BitSet());
        if (steps.get((int) step)) {
            return false;
        }
        steps.set((int) step);
        return true;
    }

    Finding finding() {
        return violations.finding("ids", identities + " identities, " + repeats + " repeats");
    }
}
