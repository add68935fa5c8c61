package dev.finecomb.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

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

    /** The words as they are written. */
    static CommandRun of(Object... words) {
        return of(Stream.of(words).map(Object::toString).toList());
    }

    JsonNode json() throws JsonProcessingException {
        return new JsonMapper().readTree(out);
    }
}
