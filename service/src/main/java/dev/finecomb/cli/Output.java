package dev.finecomb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command's answer goes: text for people, or one JSON value a line for programs. */
final class Output {
    @Option(names = "--json", description = "Answer with JSON, one value a line.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Prints one of the two. */
    void answer(String text, JsonNode value) {
        out().println(json ? value.toString() : text);
        out().flush();
    }

    boolean isJson() {
        return json;
    }

    /** Says one line beside the answer. */
    void tell(String line) {
        aside().println(line);
        aside().flush();
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For progress and complaints, so that the answer stays readable by programs. */
    PrintWriter aside() {
        return command.commandLine().getErr();
    }
}
