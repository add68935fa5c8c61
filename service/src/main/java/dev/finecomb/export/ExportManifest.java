package dev.finecomb.export;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.LayerVerdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code manifest.json} says about an export. The same export gives the same bytes.
 *
 * @param facts where the model comes from
 * @param pattern N:M
 * @param verdicts which parameters are sparse, and why the others are not
 * @param files every other file of the export
 * @param proof what was found when the files were read back
 */
public record ExportManifest(
        JobFacts facts,
        Pattern pattern,
        List<LayerVerdict> verdicts,
        List<ExportedFile> files,
        PatternProof.Verdict proof) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FORMAT = "finecomb-export-1";

    /** Copies the lists. */
    public ExportManifest {
        verdicts = List.copyOf(verdicts);
        files = List.copyOf(files);
    }

    /** What was counted per tensor; empty if the proof failed. */
    public List<TensorProof> tensors() {
        return switch (proof) {
            case PatternProof.Verdict.Holds holds -> holds.tensors();
            case PatternProof.Verdict.Violated _ -> List.of();
        };
    }

    /** Groups counted over all sparse layers. */
    public long groups() {
        return tensors().stream().mapToLong(tensor -> tensor.counts().groups()).sum();
    }

    /** Weights kept over all sparse layers. */
    public long kept() {
        return tensors().stream().mapToLong(tensor -> tensor.counts().kept()).sum();
    }

    /** The file's content: indented JSON, UTF-8, with a newline at its end. */
    public byte[] encode() {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT);
        root.put("job", facts.job());
        root.put("incarnation", facts.incarnation());
        root.put("step", facts.step());
        root.put("pattern", pattern.toString());
        root.put("modelSha256", facts.modelSha256());
        prequential(root.putObject("prequential"));
        ArrayNode layers = root.putArray("layers");
        verdicts.forEach(verdict -> layer(layers.addObject(), verdict));
        ArrayNode listed = root.putArray("files");
        for (ExportedFile file : files) {
            listed.addObject()
                    .put("name", file.name())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256());
        }
        proof(root.putObject("proof"));
        ObjectNode configuration = root.putObject("configuration");
        facts.configuration().forEach(configuration::put);
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
        return bytes(printer, root);
    }

    private void prequential(ObjectNode out) {
        out.put("samples", facts.prequential().samples());
        facts.prequential().loss().ifPresent(loss -> out.put("loss", loss));
        facts.prequential().accuracy().ifPresent(accuracy -> out.put("accuracy", accuracy));
    }

    private void layer(ObjectNode out, LayerVerdict verdict) {
        out.put("parameter", verdict.parameter());
        shape(out, verdict.shape());
        out.put("sparse", verdict.sparse());
        out.put("reason", verdict.reason());
        if (verdict.sparse()) {
            GroupedLayout layout = new GroupedLayout(verdict.shape(), pattern.m());
            out.put("axis", 1);
            out.put("weights", layout.elements());
            out.put("weightsKept", layout.groups() * pattern.n());
        }
    }

    private void proof(ObjectNode out) {
        switch (proof) {
            case PatternProof.Verdict.Violated(String what) ->
                out.put("holds", false).put("violation", what);
            case PatternProof.Verdict.Holds(List<TensorProof> tensors) -> {
                out.put("holds", true).put("groups", groups()).put("weightsKept", kept());
                ArrayNode listed = out.putArray("tensors");
                tensors.forEach(tensor -> tensor(listed.addObject(), tensor));
            }
        }
    }

    private static void tensor(ObjectNode out, TensorProof tensor) {
        out.put("name", tensor.name());
        out.put("dtype", tensor.dtype().name());
        shape(out, tensor.shape());
        out.put("elements", tensor.counts().elements());
        out.put("nonzeros", tensor.counts().nonzeros());
        out.put("sparse", tensor.sparse());
        if (tensor.sparse()) {
            out.put("groups", tensor.counts().groups());
            out.put("weightsKept", tensor.counts().kept());
            out.put("largestGroup", tensor.counts().largestGroup());
        }
        out.putObject("hardware2of4")
                .put("runs", tensor.hardware().twoOfFour())
                .put("reason", tensor.hardware().reason());
    }

    private static void shape(ObjectNode out, List<Long> shape) {
        ArrayNode axes = out.putArray("shape");
        shape.forEach(axes::add);
    }

    private static byte[] bytes(DefaultPrettyPrinter printer, JsonNode root) {
        try {
            byte[] json = JSON.writer(printer).writeValueAsBytes(root);
            byte[] lines = Arrays.copyOf(json, json.length + 1);
            lines[json.length] = '\n';
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("a manifest that can't be written as JSON", e);
        }
    }
}
