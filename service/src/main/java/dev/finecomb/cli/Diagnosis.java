package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * One line of the doctor's.
 *
 * @param subject what was looked at, in a word or two
 * @param verdict whether it will do
 * @param text what was found, and the remedy where there is something to mend
 */
record Diagnosis(String subject, Verdict verdict, String text) {
    /** Whether something will do, ordered from the best. */
    enum Verdict {
        /** It will do. */
        OK(ExitCode.DONE),
        /** It will do, but somebody should know. */
        WARN(ExitCode.DONE),
        /** It will not do now, and may without anybody's doing. */
        AWAY(ExitCode.RETRY),
        /** It will not do before somebody has changed something. */
        FAIL(ExitCode.CONFIGURATION);

        private final ExitCode exitCode;

        Verdict(ExitCode exitCode) {
            this.exitCode = exitCode;
        }

        ExitCode exitCode() {
            return exitCode;
        }

        /** As it is printed. */
        String word() {
            return this == AWAY ? "fail" : name().toLowerCase(Locale.ROOT);
        }
    }

    static Diagnosis ok(String subject, String text) {
        return new Diagnosis(subject, Verdict.OK, text);
    }

    static Diagnosis warn(String subject, String text) {
        return new Diagnosis(subject, Verdict.WARN, text);
    }

    static Diagnosis away(String subject, String text) {
        return new Diagnosis(subject, Verdict.AWAY, text);
    }

    static Diagnosis fail(String subject, String text) {
        return new Diagnosis(subject, Verdict.FAIL, text);
    }

    /** The verdict that a failed command would have ended with. */
    static Diagnosis of(String subject, CommandFailure failure) {
        Verdict verdict = failure.exitCode() == ExitCode.RETRY ? Verdict.AWAY : Verdict.FAIL;
        return new Diagnosis(subject, verdict, String.valueOf(failure.getMessage()));
    }

    String line() {
        return String.format(
                Locale.ROOT, "%-4s  %-13s %s", verdict.word(), subject, text.replace("\n", "\n" + " ".repeat(20)));
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("check", subject)
                .put("result", verdict.word())
                .put("exitCode", verdict.exitCode().code())
                .put("text", text);
    }
}
