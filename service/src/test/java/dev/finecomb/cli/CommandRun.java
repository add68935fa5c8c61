package dev.finecomb.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * One command, run in this process.
 *
 * @param exitCode what a process would have ended with
 * @param out its answer
 * @param complaints what it said beside
 */
record CommandRun(int exitCode, String out, String complaints) {
    static CommandRun of(List<String> words) {
        var out = new StringWriter();
        var complaints = new StringWriter();
        int exitCode = Finecomb.run(words, new PrintWriter(out), new PrintWriter(complaints));
        return new CommandRun(exitCode, out.toString(), complaints.toString());
    }

    static CommandRun of(String... words) {
        return of(List.of(words));
    }
}
