package dev.finecomb.protocol.message;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.util.OptionalDouble;

/**
 * The figures of one step, as the metrics topic carries them.
 *
 * @param origin job, incarnation and the step
 * @param learning what the step measured
 * @param progress how far the job is
 * @param position the record that completed the step's batch
 */
public record StepMetrics(Origin origin, Learning learning, Progress progress, RecordPosition position) {
    /**
     * What one step measured.
     *
     * @param samples samples in the batch
     * @param loss mean loss of the batch before the update
     * @param accuracy share of the batch that was predicted right before it was trained on; empty where nothing is
     *     classified
     * @param learningRate the rate this step was made with
     * @param gradientNorm Euclidean norm of the whole gradient before clipping
     * @param stepMillis wall time of the step in milliseconds
     */
    public record Learning(
            int samples,
            double loss,
            OptionalDouble accuracy,
            double learningRate,
            double gradientNorm,
            double stepMillis) {
        /** Refuses empty batches and numbers that are not finite. */
        public Learning {
            Require.atLeast("samples", samples, 1);
            Require.finite("loss", loss);
            accuracy.ifPresent(share -> Require.fraction("accuracy", share));
            Require.finite("learningRate", learningRate);
            Require.finite("gradientNorm", gradientNorm);
            Require.finite("stepMillis", stepMillis);
        }
    }

    /**
     * How far the job is after a step.
     *
     * @param survivors combinations still alive in each group
     * @param density share of the prunable weights that the masks keep, 0 to 1
     * @param phase the job's state
     */
    public record Progress(int survivors, double density, JobPhase phase) {
        /** Refuses negative counts and densities beyond 0 to 1. */
        public Progress {
            Require.atLeast("survivors", survivors, 0);
            Require.fraction("density", density);
        }
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        return JsonWriter.object(out -> {
            out.origin(origin);
            out.whole("samples", learning.samples());
            out.real("loss", learning.loss());
            learning.accuracy().ifPresent(share -> out.real("accuracy", share));
            out.real("learningRate", learning.learningRate());
            out.real("gradientNorm", learning.gradientNorm());
            out.whole("survivors", progress.survivors());
            out.real("density", progress.density());
            out.text("state", progress.phase().wireName());
            out.real("stepMillis", learning.stepMillis());
            out.whole("partition", position.partition());
            out.whole("offset", position.offset());
        });
    }

    /** Reads a value back. */
    public static StepMetrics decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(value, StepMetrics::read);
    }

    private static StepMetrics read(JsonObject in) throws MalformedMessageException {
        OptionalDouble accuracy = in.has("accuracy") ? OptionalDouble.of(in.real("accuracy")) : OptionalDouble.empty();
        return new StepMetrics(
                in.origin(),
                new Learning(
                        in.smallWhole("samples"),
                        in.real("loss"),
                        accuracy,
                        in.real("learningRate"),
                        in.real("gradientNorm"),
                        in.real("stepMillis")),
                new Progress(in.smallWhole("survivors"), in.real("density"), in.word("state", JobPhase.class)),
                new RecordPosition(in.smallWhole("partition"), in.whole("offset")));
    }
}
