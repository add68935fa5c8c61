package dev.finecomb.export;

import dev.finecomb.export.ExportClaims.ClaimedTensor;
import dev.finecomb.export.ExportClaims.Role;
import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the finished model: {@code model.safetensors}, {@code mask.safetensors}, {@code model.pt}, {@code manifest.json}.
 *
 * <p>The files are written and forced in a hidden directory beside the target, proven there, and put in the target's place
 * in one step; so a reader of the target finds one whole, proven export or none. A model that fails the proof lands in
 * {@code <target>.disproven}. The same request gives the same bytes. One exporter per target at a time.
 */
public final class SparseModelExporter {
    static final String MANIFEST = "manifest.json";
    /** How the bits of a mask's file stand for weights. */
    static final String MASK_ORDER = "one bit per weight, least significant first; axes O, spatial, I";

    private static final Set<String> FILES =
            Set.of(PatternProof.MODEL, PatternProof.MASK, PatternProof.MODULE, MANIFEST);

    private final Path target;

    /** An exporter into this directory, which need not exist; its parent is created. */
    public SparseModelExporter(Path target) {
        this.target = target.toAbsolutePath().normalize();
    }

    /**
     * Exports and proves.
     *
     * @param archive the module that the job began with
     * @param moving is told after each file and the proof
     * @throws IllegalArgumentException if values, masks and verdicts don't fit the module
     * @throws IOException if files can't be written, or the target holds files that are not an export's
     */
    public ExportOutcome export(ModuleArchive archive, ExportRequest request, Runnable moving) throws IOException {
        List<ClaimedTensor> tensors = claims(archive, request);
        Path parent = DirectorySwap.parent(target);
        Files.createDirectories(parent);
        DirectorySwap.recover(target);
        refuseForeign(target);
        Path staging = parent.resolve("." + target.getFileName() + ".staging");
        DurableFiles.deleteFlat(staging);
        Files.createDirectory(staging);

        List<ExportedFile> files = writeFiles(staging, archive, request, moving);
        PatternProof.Verdict proof = PatternProof.prove(staging, new ExportClaims(request.pattern(), tensors, files));
        moving.run();
        ExportManifest manifest =
                new ExportManifest(request.facts(), request.pattern(), request.verdicts(), files, proof);
        DurableFiles.write(staging.resolve(MANIFEST), manifest.encode());
        DurableFiles.forceDirectory(staging);
        return switch (proof) {
            case PatternProof.Verdict.Holds _ -> {
                DirectorySwap.replace(staging, target);
                yield new ExportOutcome.Proven(manifest, target.toUri());
            }
            case PatternProof.Verdict.Violated(String what) -> {
                Path disproven = parent.resolve(target.getFileName() + ".disproven");
                refuseForeign(disproven);
                DirectorySwap.replace(staging, disproven);
                yield new ExportOutcome.Disproven(what, disproven);
            }
        };
    }

    private static List<ExportedFile> writeFiles(
            Path staging, ModuleArchive archive, ExportRequest request, Runnable moving) throws IOException {
        Map<String, Tensor> values = complete(archive, request);
        // Wider types first, else in state-dict order: every tensor is aligned then, as the format's own readers want
        // it.
        List<SafetensorsFile.Entry> ordered = archive.tensors().stream()
                .sorted(Comparator.comparingInt(tensor -> -tensor.dtype().bytes()))
                .map(tensor -> SafetensorsFile.Entry.of(value(values, tensor.name())))
                .toList();
        List<SafetensorsFile.Entry> masks = request.masks().stream()
                .map(mask -> mask(mask.parameter(), mask.mask().bits()))
                .toList();
        ExportedFile model =
                DurableFiles.writeTensors(staging.resolve(PatternProof.MODEL), ordered, Map.of("format", "pt"));
        moving.run();
        ExportedFile mask = DurableFiles.writeTensors(
                staging.resolve(PatternProof.MASK),
                masks,
                Map.of("pattern", request.pattern().toString(), "order", MASK_ORDER));
        Path module = staging.resolve(PatternProof.MODULE);
        Map<String, ByteBuffer> payloads = new HashMap<>();
        values.forEach((name, tensor) -> payloads.put(name, tensor.data()));
        archive.write(module, payloads);
        moving.run();
        return List.of(model, mask, DurableFiles.written(module));
    }

    private static SafetensorsFile.Entry mask(String parameter, byte[] bits) {
        return new SafetensorsFile.Entry(parameter, DType.U8, List.of((long) bits.length), MemorySegment.ofArray(bits));
    }

    private static List<ClaimedTensor> claims(ModuleArchive archive, ExportRequest request) {
        Map<String, Tensor> values = complete(archive, request);
        Set<String> sparse = sparseParameters(request);
        Set<String> unknown = new HashSet<>(values.keySet());
        unknown.addAll(sparse);
        archive.tensors().forEach(tensor -> unknown.remove(tensor.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the module has no tensors " + unknown);
        }
        return archive.tensors().stream()
                .map(tensor -> claim(tensor, value(values, tensor.name()), sparse.contains(tensor.name())))
                .toList();
    }

    private static ClaimedTensor claim(ArchivedTensor tensor, Tensor value, boolean sparse) {
        if (value.dtype() != tensor.dtype() || !value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException("%s is %s %s in the module but was given as %s %s"
                    .formatted(tensor.name(), tensor.dtype(), tensor.shape(), value.dtype(), value.shape()));
        }
        boolean weight = tensor.kind() == ArchivedTensor.Kind.PARAMETER
                && tensor.shape().size() >= 2
                && (tensor.owner().endsWith("Linear") || tensor.owner().matches("Conv[123]d"));
        Role role = sparse ? Role.SPARSE_WEIGHT : weight ? Role.DENSE_WEIGHT : Role.OTHER;
        return new ClaimedTensor(tensor.name(), tensor.dtype(), tensor.shape(), role);
    }

    private static Set<String> sparseParameters(ExportRequest request) {
        Set<String> masked = request.masks().stream().map(NamedMask::parameter).collect(Collectors.toSet());
        Set<String> sparse = request.verdicts().stream()
                .filter(verdict -> verdict.sparse())
                .map(verdict -> verdict.parameter())
                .collect(Collectors.toSet());
        if (!masked.equals(sparse) || masked.size() != request.masks().size()) {
            throw new IllegalArgumentException("masks " + masked + " for sparse layers " + sparse);
        }
        return sparse;
    }

    private static Map<String, Tensor> byName(ExportRequest request) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (Tensor value : request.values()) {
            if (values.put(value.name(), value) != null) {
                throw new IllegalArgumentException("two values for " + value.name());
            }
        }
        return values;
    }

    /** The values by name; tied tensors may be given under any one of their names. */
    private static Map<String, Tensor> complete(ModuleArchive archive, ExportRequest request) {
        Map<String, Tensor> values = byName(request);
        for (ArchivedTensor tensor : archive.tensors()) {
            if (!values.containsKey(tensor.name())) {
                archive.aliases(tensor).stream()
                        .filter(alias ->
                                archive.find(alias).filter(tensor::sameElements).isPresent())
                        .filter(values::containsKey)
                        .findFirst()
                        .map(alias -> value(values, alias))
                        .ifPresent(tied -> values.put(
                                tensor.name(), new Tensor(tensor.name(), tied.dtype(), tied.shape(), tied.data())));
            }
        }
        return values;
    }

    private static Tensor value(Map<String, Tensor> values, String name) {
        Tensor value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value for " + name);
        }
        return value;
    }

    /** Replacing deletes what was there, so it must be an export and nothing else. */
    private static void refuseForeign(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!FILES.contains(file.getFileName().toString())) {
                    throw new IOException("export directory " + directory + " holds " + file.getFileName()
                            + ", which is no export's; choose an empty directory");
                }
            }
        }
    }
}
