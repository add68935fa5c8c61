package dev.finecomb.protocol.message;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import dev.finecomb.protocol.mask.Pattern;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Announces a finished model whose sparsity was proven from its written files.
 *
 * @param origin job, incarnation and the step whose weights were exported
 * @param pattern N:M
 * @param location where the files lie: a directory or a URI
 * @param files the model's files
 * @param proof what was counted in them
 * @param accuracy prequential accuracy at the end, empty where nothing is classified
 */
public record FinishedModel(
        Origin origin, Pattern pattern, String location, List<FileEntry> files, Proof proof, OptionalDouble accuracy) {
    private static final int MAX_LOCATION = 1000;

    /**
     * The proof in short. There is no field for failure: a model that fails is never announced.
     *
     * @param sparseLayers layers of which every group holds the pattern
     * @param groups groups counted
     * @param keptWeights weights that the masks keep in those layers
     * @param denseLayers layers that were left dense, with reasons in the export manifest
     * @param layersFor2of4Hardware sparse layers that hardware for 2 of 4 can run
     */
    public record Proof(int sparseLayers, long groups, long keptWeights, int denseLayers, int layersFor2of4Hardware) {
        /** Refuses negative counts. */
        public Proof {
            Require.atLeast("sparseLayers", sparseLayers, 1);
            Require.atLeast("groups", groups, 1);
            Require.atLeast("keptWeights", keptWeights, 1);
            Require.atLeast("denseLayers", denseLayers, 0);
            Require.atLeast("layersFor2of4Hardware", layersFor2of4Hardware, 0);
        }
    }

    /** Copies and checks. */
    public FinishedModel {
        Require.text("location", location, MAX_LOCATION);
        files = FileEntry.checked(files);
        accuracy.ifPresent(share -> Require.fraction("accuracy", share));
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        return JsonWriter.object(out -> {
            out.origin(origin);
            out.text("pattern", pattern.toString());
            out.text("location", location);
            FileEntry.writeAll(out, files);
            out.object(
                    "proof",
                    inner -> inner.whole("sparseLayers", proof.sparseLayers())
                            .whole("groups", proof.groups())
                            .whole("keptWeights", proof.keptWeights())
                            .whole("denseLayers", proof.denseLayers())
                            .whole("layersFor2of4Hardware", proof.layersFor2of4Hardware()));
            accuracy.ifPresent(share -> out.real("accuracy", share));
        });
    }

    /** Reads a value back. */
    public static FinishedModel decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(value, FinishedModel::read);
    }

    private static FinishedModel read(JsonObject in) throws MalformedMessageException {
        OptionalDouble accuracy = in.has("accuracy") ? OptionalDouble.of(in.real("accuracy")) : OptionalDouble.empty();
        return new FinishedModel(
                in.origin(),
                Pattern.parse(in.text("pattern")),
                in.text("location"),
                in.objects("files", FileEntry::read),
                in.object("proof", FinishedModel::readProof),
                accuracy);
    }

    private static Proof readProof(JsonObject in) throws MalformedMessageException {
        return new Proof(
                in.smallWhole("sparseLayers"),
                in.whole("groups"),
                in.whole("keptWeights"),
                in.smallWhole("denseLayers"),
                in.smallWhole("layersFor2of4Hardware"));
    }
}
