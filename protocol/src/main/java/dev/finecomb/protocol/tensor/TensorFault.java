package dev.finecomb.protocol.tensor;

/** Why bytes are not a well-formed safetensors value. */
public enum TensorFault {
    /** The bytes do not begin as safetensors do: eight bytes of length, then an opening brace. */
    BAD_MAGIC,
    /** The value is larger, or holds more tensors, than the reader takes. */
    TOO_LARGE,
    /** The header says it is longer than the reader takes. */
    HEADER_TOO_LARGE,
    /** The header is not strict UTF-8 JSON of the form that safetensors prescribes. */
    HEADER_SYNTAX,
    /** The tensors do not tile the data exactly: hole, overlap, wrong size, truncation or trailing bytes. */
    LAYOUT,
    /** An element type that is unknown here. */
    DTYPE,
    /** A shape that is negative, has too many axes, or whose size overflows. */
    SHAPE
}
