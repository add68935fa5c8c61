package dev.finecomb.export;

import dev.finecomb.export.ExportClaims.ClaimedTensor;
import dev.finecomb.export.ExportClaims.Role;
import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proves an export from its written files alone: reads everything back, and believes nothing that it has not counted.
 *
 * <ol>
 *   <li>Every file has the size and digest of the bytes that were meant.
 *   <li>{@code model.safetensors} holds exactly the claimed tensors.
 *   <li>In every sparse layer every group of M along the input axis has a mask of exactly N bits, and no element outside
 *       its mask is anything but +0.
 *   <li>{@code model.pt} holds the same tensors, bit for bit.
 * </ol>
 */
public final class PatternProof {
    static final String MODEL = "model.safetensors";
    static final String MASK = "mask.safetensors";
    static final String MODULE = "model.pt";

    private final Path directory;
    private final ExportClaims claims;

    private PatternProof(Path directory, ExportClaims claims) {
        this.directory = directory;
        this.claims = claims;
    }

    /** What the proof found. */
    public sealed interface Verdict {
        /** Everything claimed is so. */
        record Holds(List<TensorProof> tensors) implements Verdict {}

        /** The first claim that is not so: which layer, which group, what was counted. */
        record Violated(String what) implements Verdict {}
    }

    /** Reads the files in {@code directory} and holds them against the claims. */
    public static Verdict prove(Path directory, ExportClaims claims) throws IOException {
        try {
            return new Verdict.Holds(List.copyOf(new PatternProof(directory, claims).check()));
        } catch (ViolationException violation) {
            return new Verdict.Violated(violation.what);
        }
    }

    private List<TensorProof> check() throws IOException, ViolationException {
        for (ExportedFile file : claims.files()) {
            Path path = directory.resolve(file.name());
            if (!Files.isRegularFile(path) || Files.size(path) != file.bytes()) {
                throw new ViolationException(file.name() + " has not the " + file.bytes() + " bytes that were written");
            }
            if (!Sha256.hex(path).equals(file.sha256())) {
                throw new ViolationException(file.name() + " has another SHA-256 than the bytes that were written");
            }
        }
        try (SafetensorsFile model = open(MODEL);
                SafetensorsFile masks = open(MASK)) {
            requireSameTensors(model);
            requireSameMasks(masks);
            List<TensorProof> proofs = new ArrayList<>();
            for (ClaimedTensor claim : claims.tensors()) {
                proofs.add(tensor(claim, entry(model, claim.name()), masks));
            }
            compareModule(model);
            return proofs;
        }
    }

    private SafetensorsFile open(String name) throws IOException, ViolationException {
        try {
            return SafetensorsFile.open(directory.resolve(name));
        } catch (MalformedTensorsException e) {
            throw new ViolationException(name + " is malformed: " + e.getMessage());
        }
    }

    private void requireSameTensors(SafetensorsFile model) throws ViolationException {
        for (ClaimedTensor claim : claims.tensors()) {
            Entry entry = entry(model, claim.name());
            if (entry.dtype() != claim.dtype() || !entry.shape().equals(claim.shape())) {
                throw new ViolationException("%s is %s %s in %s, not %s %s"
                        .formatted(claim.name(), entry.dtype(), entry.shape(), MODEL, claim.dtype(), claim.shape()));
            }
        }
        if (model.entries().size() != claims.tensors().size()) {
            throw new ViolationException(MODEL + " holds tensors that the model does not have");
        }
    }

    private void requireSameMasks(SafetensorsFile masks) throws ViolationException {
        long sparse = claims.tensors().stream()
                .filter(tensor -> tensor.role() == Role.SPARSE_WEIGHT)
                .count();
        if (masks.entries().size() != sparse) {
            throw new ViolationException(
                    MASK + " holds " + masks.entries().size() + " masks for " + sparse + " layers");
        }
    }

    private static Entry entry(SafetensorsFile file, String name) throws ViolationException {
        Optional<Entry> entry = file.find(name);
        if (entry.isEmpty()) {
            throw new ViolationException(name + " is missing");
        }
        return entry.get();
    }

    private TensorProof tensor(ClaimedTensor claim, Entry entry, SafetensorsFile masks) throws ViolationException {
        ElementBits bits = new ElementBits(entry);
        TensorProof.Counts counts = switch (claim.role()) {
            case SPARSE_WEIGHT -> groups(entry, bits, entry(masks, claim.name()));
            case DENSE_WEIGHT, OTHER -> new TensorProof.Counts(bits.elements(), bits.countNonzeros(), 0, 0, 0);
        };
        return new TensorProof(
                claim.name(),
                entry.dtype(),
                entry.shape(),
                claim.role() == Role.SPARSE_WEIGHT,
                counts,
                HardwareCheck.check(entry, claim.role()));
    }

    private TensorProof.Counts groups(Entry weight, ElementBits bits, Entry mask) throws ViolationException {
        Pattern pattern = claims.pattern();
        GroupedLayout layout = new GroupedLayout(weight.shape(), pattern.m());
        MemorySegment kept = mask.data();
        if (mask.dtype() != DType.U8 || kept.byteSize() != Math.ceilDiv(layout.elements(), (long) Byte.SIZE)) {
            throw new ViolationException("the mask of " + weight.name() + " has not one bit per weight");
        }
        GroupWalk walk = GroupWalk.of(weight.shape());
        long nonzeros = 0;
        int largest = 0;
        long groupsPerRow = walk.inputs() / pattern.m();
        for (long group = 0; group < layout.groups(); group++) {
            long first = walk.rowStart(group / groupsPerRow) + group % groupsPerRow * pattern.m() * walk.stride();
            int inMask = 0;
            int inGroup = 0;
            for (int k = 0; k < pattern.m(); k++) {
                boolean keeps = keeps(kept, group * pattern.m() + k);
                boolean nonzero = bits.nonzero(first + k * walk.stride());
                if (nonzero && !keeps) {
                    throw violation(weight, group, "has a value outside its mask, at position " + k);
                }
                inMask += keeps ? 1 : 0;
                inGroup += nonzero ? 1 : 0;
            }
            if (inMask != pattern.n()) {
                throw violation(weight, group, "keeps " + inMask + " weights instead of " + pattern.n());
            }
            nonzeros += inGroup;
            largest = Math.max(largest, inGroup);
        }
        requireNoSpareBits(weight.name(), kept, layout.elements());
        return new TensorProof.Counts(
                layout.elements(), nonzeros, layout.groups(), layout.groups() * pattern.n(), largest);
    }

    private static boolean keeps(MemorySegment mask, long index) {
        return (mask.get(ValueLayout.JAVA_BYTE, index >>> 3) >>> (index & 7) & 1) != 0;
    }

    private static void requireNoSpareBits(String name, MemorySegment kept, long elements) throws ViolationException {
        int used = (int) (elements & 7);
        if (used != 0 && (kept.get(ValueLayout.JAVA_BYTE, kept.byteSize() - 1) & 0xff) >>> used != 0) {
            throw new ViolationException("the mask of " + name + " has bits beyond its last weight");
        }
    }

    private ViolationException violation(Entry weight, long group, String what) {
        return new ViolationException("%s: group %d of %s %s".formatted(weight.name(), group, claims.pattern(), what));
    }

    private void compareModule(SafetensorsFile model) throws ViolationException {
        ModuleArchive module;
        try {
            module = ModuleArchive.open(directory.resolve(MODULE));
        } catch (UnreadableModelException e) {
            throw new ViolationException(MODULE + " can't be read back: " + e.getMessage());
        }
        if (module.tensors().size() != claims.tensors().size()) {
            throw new ViolationException(MODULE + " holds other tensors than the model");
        }
        for (ArchivedTensor tensor : module.tensors()) {
            if (entry(model, tensor.name()).data().mismatch(tensor.contiguous()) >= 0) {
                throw new ViolationException(tensor.name() + " differs between " + MODEL + " and " + MODULE);
            }
        }
    }

    /** Ends the proof at the first claim that is not so; never leaves this class. */
    private static final class ViolationException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String what;

        ViolationException(String what) {
            super(what);
            this.what = what;
        }
    }
}
