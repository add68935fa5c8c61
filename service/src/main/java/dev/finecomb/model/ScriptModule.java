package dev.finecomb.model;

import dev.finecomb.protocol.tensor.DType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One module of a network that is to become TorchScript: its class, what an object of it holds, and its forward.
 *
 * <p>Modules of one class may differ in the shapes of their tensors and the values of their numbers, but in nothing that the class's
 * source says.
 *
 * @param type the class's full name, such as {@code __torch__.torch.nn.modules.linear.Linear}
 * @param members in the order of declaration, which is the state dict's
 * @param forward the statements of {@code forward(self, x: Tensor)}, one a line; the last one returns a tensor
 */
public record ScriptModule(String type, List<Member> members, List<String> forward) {
    private static final String ROOT = "__torch__";

    /** @throws IllegalArgumentException for a class outside of {@code __torch__} */
    public ScriptModule {
        members = List.copyOf(members);
        forward = List.copyOf(forward);
        if (!type.startsWith(ROOT + ".")) {
            throw new IllegalArgumentException("the class " + type + " must lie in " + ROOT);
        }
    }

    /** An attribute of the module. */
    public sealed interface Member {
        String name();

        /** The attribute's type in the source. */
        String declaredType();
    }

    /** A tensor, of which every element has a value by the rule of {@code fill}. */
    public sealed interface Values extends Member {
        DType dtype();

        List<Long> shape();

        Fill fill();

        @Override
        default String declaredType() {
            return "Tensor";
        }
    }

    /** A float32 tensor that is trained. */
    public record Parameter(String name, List<Long> shape, Fill fill) implements Values {
        public Parameter {
            shape = List.copyOf(shape);
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }
    }

    /** A tensor that the module itself keeps up to date. */
    public record Buffer(String name, DType dtype, List<Long> shape, Fill fill) implements Values {
        public Buffer {
            shape = List.copyOf(shape);
        }
    }

    /** A whole number, such as a stride. */
    public record Whole(String name, long value) implements Member {
        @Override
        public String declaredType() {
            return "int";
        }
    }

    /** A module in the module. */
    public record Child(String name, ScriptModule module) implements Member {
        @Override
        public String declaredType() {
            return module.type();
        }
    }

    /** How a tensor begins. */
    public sealed interface Fill {
        /** Every element the same; the only one for tensors that are not float32. */
        record Constant(long value) implements Fill {}

        /** Evenly from {@code -bound} to {@code bound}. */
        record Uniform(double bound) implements Fill {}
    }

    /** The source file that holds the class, as a path in Python's notation. */
    String sourceFile() {
        return type.substring(0, type.lastIndexOf('.'));
    }

    String className() {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** The class's source in the serialized form of TorchScript. */
    String source() {
        String attributes = members.stream()
                .map(member -> "  " + member.name() + " : " + member.declaredType() + "\n")
                .collect(Collectors.joining());
        String body = forward.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
        return "class " + className() + "(Module):\n"
                + "  __parameters__ = " + names(Parameter.class) + "\n"
                + "  __buffers__ = " + names(Buffer.class) + "\n"
                + attributes
                + "  training : bool\n"
                + "  def forward(self: " + type + ",\n    x: Tensor) -> Tensor:\n"
                + body;
    }

    private String names(Class<? extends Member> kind) {
        return members.stream()
                .filter(kind::isInstance)
                .map(member -> "\"" + member.name() + "\", ")
                .collect(Collectors.joining("", "[", "]"));
    }
}
