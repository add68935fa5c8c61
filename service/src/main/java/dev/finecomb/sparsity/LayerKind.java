package dev.finecomb.sparsity;

/** What a parameter is, as far as sparsity is concerned. */
public enum LayerKind {
    /** The weight of a fully connected layer, {@code [out, in]}. */
    LINEAR,
    /** The weight of a convolution, {@code [O, I, spatial...]}, I per convolution group; not of a transposed one. */
    CONVOLUTION,
    /** Anything else: biases, norms, embeddings, recurrent and transposed layers. */
    OTHER
}
