package dev.finecomb.ledger;

import dev.finecomb.protocol.json.JsonWriter;
import java.util.List;

/**
 * What one check came to.
 *
 * @param check the check's name
 * @param verdict whether the promise holds
 * @param figures what was counted; for a skipped check why it was not made
 * @param violations the first few places where the promise does not hold, with topic, partition and offset
 * @param violationCount how many there are in all
 */
public record Finding(String check, Verdict verdict, String figures, List<String> violations, long violationCount) {

    /** Whether a promise holds. */
    public enum Verdict {
        /** It holds wherever it was looked at. */
        OK("ok"),
        /** It does not hold. */
        BAD("BAD"),
        /** What is there does not tell. */
        SKIPPED("skip");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        /** The word for it in the output. */
        public String word() {
            return word;
        }
    }

    public Finding {
        violations = List.copyOf(violations);
    }

    static Finding skipped(String check, String why) {
        return new Finding(check, Verdict.SKIPPED, "not checked: " + why, List.of(), 0);
    }

    void writeTo(JsonWriter out) {
        out.text("check", check)
                .text("verdict", verdict.word())
                .text("figures", figures)
                .whole("violationCount", violationCount)
                .objects("violations", violations, (inner, violation) -> inner.text("what", violation));
    }

    /** One line, and one more for each violation that is shown. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format("%-4s  %-12s  %s", verdict.word(), check, figures));
        for (String violation : violations) {
            text.append(System.lineSeparator()).append("        ").append(violation);
        }
        if (violationCount > violations.size()) {
            text.append(System.lineSeparator())
                    .append("        and ")
                    .append(violationCount - violations.size())
                    .append(" more");
        }
        return text.toString();
    }
}
