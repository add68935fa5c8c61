package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.config.ModelConfig.Normalize;
import java.util.Arrays;
import java.util.List;

/** Turns a staged input [B, C, ...] into {@code (x * scale - mean[c]) / std[c]}, float32, on the device. */
final class InputNormalization {
    private final float scale;
    private final NDArray mean;
    private final NDArray std;

    /** @param manager owns the constants for as long as the model lives */
    InputNormalization(Normalize config, NDManager manager) {
        this.scale = (float) config.scale();
        this.mean = channelwise(config.mean(), manager);
        this.std = channelwise(config.std(), manager);
    }

    private static NDArray channelwise(List<Double> values, NDManager manager) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return manager.create(floats);
    }

    NDArray apply(NDArray input) {
        NDArray values = input.toType(DataType.FLOAT32, false).mul(scale);
        return values.subi(alongChannels(mean, values)).divi(alongChannels(std, values));
    }

    /** One value for all channels broadcasts as it is; one a channel lies along axis 1. */
    private static NDArray alongChannels(NDArray constants, NDArray values) {
        if (constants.getShape().size() == 1) {
            return constants;
        }
        long[] shape = new long[values.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[1] = constants.getShape().size();
        NDArray reshaped = constants.reshape(new Shape(shape));
        reshaped.attach(values.getManager());
        return reshaped;
    }
}
