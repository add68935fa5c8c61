package dev.finecomb.model;

import dev.finecomb.model.ScriptModule.Buffer;
import dev.finecomb.model.ScriptModule.Fill;
import dev.finecomb.model.ScriptModule.Member;
import dev.finecomb.model.ScriptModule.Parameter;
import dev.finecomb.model.ScriptModule.Whole;
import dev.finecomb.protocol.tensor.DType;
import java.util.List;

/** The layers that networks are made of, under PyTorch's names and with its default initialisation. */
public final class ScriptLayers {
    private static final String MODULES = "__torch__.torch.nn.modules.";

    private ScriptLayers() {}

    /** [B, inputs] to [B, outputs], with a bias. */
    public static ScriptModule linear(long inputs, long outputs) {
        Fill fill = new Fill.Uniform(1 / Math.sqrt((double) inputs));
        return new ScriptModule(
                MODULES + "linear.Linear",
                List.of(
                        new Parameter("weight", List.of(outputs, inputs), fill),
                        new Parameter("bias", List.of(outputs), fill)),
                List.of("return torch.linear(x, self.weight, self.bias)"));
    }

    /** [B, inputs, H, W] to [B, outputs, H / stride, W / stride] with an odd square kernel, without a bias. */
    public static ScriptModule convolution(long inputs, long outputs, long kernel, long stride) {
        Fill fill = new Fill.Uniform(1 / Math.sqrt((double) (inputs * kernel * kernel)));
        List<Member> members = List.of(
                new Parameter("weight", List.of(outputs, inputs, kernel, kernel), fill),
                new Whole("stride", stride),
                new Whole("padding", kernel / 2));
        return new ScriptModule(
                MODULES + "conv.Conv2d",
                members,
                List.of(
                        "stride = self.stride",
                        "padding = self.padding",
                        "return torch.conv2d(x, self.weight, None, [stride, stride], [padding, padding], [1, 1])"));
    }

    /** [B, features, H, W] to the same. */
    public static ScriptModule batchNorm(long features) {
        List<Long> shape = List.of(features);
        Fill zero = new Fill.Constant(0);
        Fill one = new Fill.Constant(1);
        List<Member> members = List.of(
                new Parameter("weight", shape, one),
                new Parameter("bias", shape, zero),
                new Buffer("running_mean", DType.F32, shape, zero),
                new Buffer("running_var", DType.F32, shape, one),
                new Buffer("num_batches_tracked", DType.I64, List.of(), zero));
        return new ScriptModule(
                MODULES + "batchnorm.BatchNorm2d",
                members,
                List.of(
                        "training = self.training",
                        "if training:",
                        "  num_batches_tracked = self.num_batches_tracked",
                        "  _0 = torch.add_(num_batches_tracked, 1)",
                        "else:",
                        "  pass",
                        "return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, training,"
                                + " 0.10000000000000001, 1.0000000000000001e-05, True)"));
    }
}
