package dev.finecomb.model;

import dev.finecomb.model.Pickled.Global;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The method that makes a module's buffers reachable from outside, in TorchScript's serialized source. */
final class BufferAccessor {
    static final String METHOD = "finecomb_buffers";

    private BufferAccessor() {}

    /** The source with the method appended to the root class; as it is if the class has the method already. */
    static String extend(String source, Global root, List<ArchivedTensor> buffers, Map<String, String> declaredTypes) {
        ModuleSource declared = ModuleSource.find(source, root.name())
                .orElseThrow(() -> new IllegalArgumentException("no class " + root.name() + " in its source"));
        String head = source.substring(0, declared.end());
        if (head.contains("  def " + METHOD + "(")) {
            return source;
        }
        String items = buffers.stream()
                .map(buffer -> expression(buffer.name(), declaredTypes.getOrDefault(buffer.name(), "Tensor")))
                .collect(Collectors.joining(", "));
        String method = "  def " + METHOD + "(self: " + root.qualifiedName() + ") -> List[Tensor]:\n    return ["
                + items + "]\n";
        return head + (head.endsWith("\n") ? "" : "\n") + method + source.substring(declared.end());
    }

    /** Children may be called "0", so every step goes through {@code getattr}; an optional buffer is known to be there. */
    private static String expression(String name, String declaredType) {
        String value = "self";
        for (String step : name.split("\\.", -1)) {
            value = "getattr(" + value + ", \"" + step + "\")";
        }
        return declaredType.equals("Tensor") ? value : "unchecked_cast(Tensor, " + value + ")";
    }
}
