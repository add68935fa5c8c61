package dev.finecomb.ledger;

import java.util.ArrayList;
import java.util.List;

/** The places where one promise does not hold: all are counted, the first few are kept. */
final class Violations {
    private static final int KEPT = 5;

    private final List<String> first = new ArrayList<>();
    private long count;

    void add(String violation) {
        count++;
        if (first.size() < KEPT) {
            first.add(violation);
        }
    }

    void addAll(Violations others) {
        others.first.forEach(this::add);
        count += others.count - others.first.size();
    }

    boolean isEmpty() {
        return count == 0;
    }

    Finding finding(String check, String figures) {
        return new Finding(check, isEmpty() ? Finding.Verdict.OK : Finding.Verdict.BAD, figures, first, count);
    }
}
