package dev.finecomb.bench;

import dev.finecomb.model.ScriptLayers;
import dev.finecomb.model.ScriptModule;
import dev.finecomb.model.ScriptModule.Child;
import dev.finecomb.model.ScriptModule.Member;
import java.util.ArrayList;
import java.util.List;

/** The networks as TorchScript; {@link DjlNetworks} holds the same as DJL's blocks. */
final class Networks {
    private Networks() {}

    /** Four linear layers with ReLU between them: [B, width] to [B, classes]. */
    static ScriptModule mlp(long width, long classes) {
        List<Member> layers = List.of(
                new Child("fc1", ScriptLayers.linear(width, width)),
                new Child("fc2", ScriptLayers.linear(width, width)),
                new Child("fc3", ScriptLayers.linear(width, width)),
                new Child("head", ScriptLayers.linear(width, classes)));
        return new ScriptModule(
                "__torch__.Mlp",
                layers,
                List.of(
                        "x1 = torch.relu((self.fc1).forward(x, ))",
                        "x2 = torch.relu((self.fc2).forward(x1, ))",
                        "x3 = torch.relu((self.fc3).forward(x2, ))",
                        "return (self.head).forward(x3, )"));
    }

    /** ResNet-18 in its form for small pictures: [B, 3, 32, 32] to [B, classes]. */
    static ScriptModule resnet18(long classes) {
        List<Member> members = new ArrayList<>();
        members.add(new Child("conv1", ScriptLayers.convolution(3, 64, 3, 1)));
        members.add(new Child("bn1", ScriptLayers.batchNorm(64)));
        long inputs = 64;
        for (int stage = 1; stage <= 4; stage++) {
            long outputs = 32L << stage;
            for (int block = 0; block < 2; block++) {
                long stride = stage > 1 && block == 0 ? 2 : 1;
                members.add(new Child("layer" + stage + "_" + block, block(inputs, outputs, stride)));
                inputs = outputs;
            }
        }
        members.add(new Child("fc", ScriptLayers.linear(512, classes)));
        List<String> forward =
                new ArrayList<>(List.of("x0 = torch.relu((self.bn1).forward((self.conv1).forward(x, ), ))"));
        String last = "x0";
        for (Member block : members.subList(2, members.size() - 1)) {
            String next = block.name() + "_out";
            forward.add(next + " = (self." + block.name() + ").forward(" + last + ", )");
            last = next;
        }
        forward.add("return (self.fc).forward(torch.mean(" + last + ", [2, 3]), )");
        return new ScriptModule("__torch__.ResNet", members, forward);
    }

    private static ScriptModule block(long inputs, long outputs, long stride) {
        List<Member> members = new ArrayList<>(List.of(
                new Child("conv1", ScriptLayers.convolution(inputs, outputs, 3, stride)),
                new Child("bn1", ScriptLayers.batchNorm(outputs)),
                new Child("conv2", ScriptLayers.convolution(outputs, outputs, 3, 1)),
                new Child("bn2", ScriptLayers.batchNorm(outputs))));
        boolean changesShape = stride != 1 || inputs != outputs;
        if (changesShape) {
            members.add(new Child("down_conv", ScriptLayers.convolution(inputs, outputs, 1, stride)));
            members.add(new Child("down_bn", ScriptLayers.batchNorm(outputs)));
        }
        return new ScriptModule(
                changesShape ? "__torch__.DownBlock" : "__torch__.BasicBlock",
                members,
                List.of(
                        "inner = torch.relu((self.bn1).forward((self.conv1).forward(x, ), ))",
                        "outer = (self.bn2).forward((self.conv2).forward(inner, ), )",
                        "shortcut = "
                                + (changesShape ? "(self.down_bn).forward((self.down_conv).forward(x, ), )" : "x"),
                        "return torch.relu(torch.add(outer, shortcut))"));
    }
}
