package dev.finecomb.export;

import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.DType;
import java.util.List;

/**
 * What an export's files are supposed to hold; {@link PatternProof} finds out whether they do.
 *
 * @param pattern N:M
 * @param tensors every tensor of the model
 * @param files every file that was written, with the digest of the bytes that were meant
 */
public record ExportClaims(Pattern pattern, List<ClaimedTensor> tensors, List<ExportedFile> files) {

    /**
     * One tensor of the model.
     *
     * @param name state-dict name
     * @param role how it is used
     */
    public record ClaimedTensor(String name, DType dtype, List<Long> shape, Role role) {
        /** Copies the list. */
        public ClaimedTensor {
            shape = List.copyOf(shape);
        }
    }

    /** What a tensor has to do with sparsity. */
    public enum Role {
        /** The weight of a layer that was made sparse. */
        SPARSE_WEIGHT,
        /** The weight of a linear or convolution layer that stayed dense. */
        DENSE_WEIGHT,
        /** Biases, norms, running statistics, embeddings: nothing that is multiplied along an input axis. */
        OTHER
    }

    /** Copies the lists. */
    public ExportClaims {
        tensors = List.copyOf(tensors);
        files = List.copyOf(files);
    }
}
