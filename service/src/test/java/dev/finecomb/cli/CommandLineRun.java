package dev.finecomb.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What a command did.
 *
 * @param code the process would end with
 */
record CommandLineRun(int code, String out, String complaints) {

    static CommandLineRun of(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter complaints = new StringWriter();
        List<String> texts = List.of(words).stream().map(Object::toString).toList();
        int code = Finecomb.run(texts, new PrintWriter(out), new PrintWriter(complaints));
        return new CommandLineRun(code, out.toString(), complaints.toString());
    }

    JsonNode json() throws JsonProcessingException {
        return new JsonMapper().readTree(out);
    }
}
