package dev.finecomb.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one class's serialized source declares: only the lines that say what is a parameter and what a buffer are read, and
 * the head of {@code forward}, never a method's body.
 *
 * @param module whether it is a module, not a plain TorchScript class
 * @param parameters attribute names out of {@code __parameters__}
 * @param buffers attribute names out of {@code __buffers__}; absent in sources older than PyTorch 1.6
 * @param types declared type by attribute name
 * @param end the offset in the source text at which the class ends
 */
record ModuleSource(
        boolean module, List<String> parameters, Optional<List<String>> buffers, Map<String, String> types, int end) {

    private static final String FORWARD = "\n  def forward(";
    private static final Pattern TENSOR_ARGUMENT = Pattern.compile("(\\w+): Tensor\\b");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern ATTRIBUTE =
            Pattern.compile("  (?:__annotations__\\[\"([^\"]*)\"] =|([\\w]+) :) (.*?)( = .*)?");

    /** The declaration of the class with this simple name, if the source has it. */
    static Optional<ModuleSource> find(String source, String simpleName) {
        Matcher head = Pattern.compile("(?m)^class " + Pattern.quote(simpleName) + "(\\((\\w+)\\))?:$")
                .matcher(source);
        if (!head.find()) {
            return Optional.empty();
        }
        boolean module = "Module".equals(head.group(2));
        List<String> parameters = new ArrayList<>();
        Optional<List<String>> buffers = Optional.empty();
        Map<String, String> types = new HashMap<>();
        int at = Math.min(head.end() + 1, source.length());
        while (at < source.length()) {
            int lineEnd = source.indexOf('\n', at);
            int next = lineEnd < 0 ? source.length() : lineEnd + 1;
            String line = source.substring(at, lineEnd < 0 ? source.length() : lineEnd);
            if (!line.isEmpty() && line.charAt(0) != ' ') {
                break;
            }
            Matcher attribute = ATTRIBUTE.matcher(line);
            if (line.startsWith("  __parameters__ = ")) {
                parameters.addAll(quoted(line));
            } else if (line.startsWith("  __buffers__ = ")) {
                buffers = Optional.of(quoted(line));
            } else if (attribute.matches()) {
                String name = attribute.group(1) == null ? attribute.group(2) : attribute.group(1);
                types.put(name, attribute.group(3));
            }
            at = next;
        }
        return Optional.of(new ModuleSource(module, List.copyOf(parameters), buffers, Map.copyOf(types), at));
    }

    /** The tensors among the arguments of the class's {@code forward}, by name, in their order. */
    static List<String> inputs(String source, String simpleName) {
        int end = find(source, simpleName).map(ModuleSource::end).orElse(0);
        int start = source.substring(0, end).lastIndexOf("class " + simpleName);
        int forward = source.indexOf(FORWARD, Math.max(start, 0));
        int closed = source.indexOf(") ->", Math.max(forward, 0));
        if (forward < 0 || closed < 0 || closed >= end) {
            return List.of();
        }
        return TENSOR_ARGUMENT
                .matcher(source.substring(forward + FORWARD.length(), closed))
                .results()
                .map(argument -> argument.group(1))
                .toList();
    }

    private static List<String> quoted(String line) {
        return QUOTED.matcher(line).results().map(match -> match.group(1)).toList();
    }
}
