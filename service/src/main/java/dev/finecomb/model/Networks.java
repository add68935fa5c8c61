package dev.finecomb.model;

import dev.finecomb.config.ModelConfig.Architecture;
import dev.finecomb.model.ScriptModule.Child;
import dev.finecomb.model.ScriptModule.Member;
import java.util.ArrayList;
import java.util.List;

/** The networks that {@code model.architecture} describes. */
final class Networks {
    private static final long KERNEL = 3;

    private final List<Member> members = new ArrayList<>();
    private final List<String> forward = new ArrayList<>();
    private String last = "x";

    private Networks() {}

    static ScriptModule of(Architecture architecture) {
        return switch (architecture.kind()) {
            case MLP -> new Networks().mlp(architecture);
            case CNN -> new Networks().cnn(architecture);
        };
    }

    /** [B, inputs...] to [B, classes]: linear layers with ReLU between them. */
    private ScriptModule mlp(Architecture architecture) {
        long features = architecture.inputs().stream().reduce(1L, Math::multiplyExact);
        return head("__torch__.Mlp", features, architecture);
    }

    /** [B, C, H, W] to [B, classes]: convolution, batch norm, ReLU and 2 by 2 pooling each, then linear layers. */
    private ScriptModule cnn(Architecture architecture) {
        long inputs = architecture.inputs().get(0);
        long height = architecture.inputs().get(1);
        long width = architecture.inputs().get(2);
        for (long outputs : architecture.channels()) {
            int number = members.size() / 2 + 1;
            members.add(new Child("conv" + number, ScriptLayers.convolution(inputs, outputs, KERNEL, 1)));
            members.add(new Child("bn" + number, ScriptLayers.batchNorm(outputs)));
            assign(
                    "c" + number,
                    "torch.relu((self.bn%d).forward((self.conv%d).forward(%s, ), ))".formatted(number, number, last));
            assign("p" + number, "torch.max_pool2d(" + last + ", [2, 2], [2, 2], [0, 0], [1, 1], False)");
            inputs = outputs;
            height /= 2;
            width /= 2;
        }
        return head("__torch__.Cnn", inputs * height * width, architecture);
    }

    private ScriptModule head(String type, long features, Architecture architecture) {
        assign("f0", "torch.flatten(" + last + ", 1, -1)");
        long inputs = features;
        int number = 1;
        for (long outputs : architecture.hidden()) {
            members.add(new Child("fc" + number, ScriptLayers.linear(inputs, outputs)));
            assign("f" + number, "torch.relu((self.fc%d).forward(%s, ))".formatted(number, last));
            inputs = outputs;
            number++;
        }
        members.add(new Child("head", ScriptLayers.linear(inputs, architecture.classes())));
        forward.add("return (self.head).forward(" + last + ", )");
        return new ScriptModule(type, members, forward);
    }

    private void assign(String variable, String expression) {
        forward.add(variable + " = " + expression);
        last = variable;
    }
}
