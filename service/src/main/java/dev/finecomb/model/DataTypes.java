package dev.finecomb.model;

import ai.djl.ndarray.types.DataType;
import dev.finecomb.protocol.tensor.DType;

/** The two names of one element type: on the wire and in the engine. */
public final class DataTypes {
    private DataTypes() {}

    /** The engine's name of a wire type. */
    public static DataType of(DType type) {
        return switch (type) {
            case F64 -> DataType.FLOAT64;
            case F32 -> DataType.FLOAT32;
            case F16 -> DataType.FLOAT16;
            case BF16 -> DataType.BFLOAT16;
            case I64 -> DataType.INT64;
            case I32 -> DataType.INT32;
            case I16 -> DataType.INT16;
            case I8 -> DataType.INT8;
            case U64 -> DataType.UINT64;
            case U32 -> DataType.UINT32;
            case U16 -> DataType.UINT16;
            case U8 -> DataType.UINT8;
            case BOOL -> DataType.BOOLEAN;
        };
    }

    /**
     * The wire name of an engine type.
     *
     * @throws IllegalArgumentException for a type that safetensors has no name for
     */
    public static DType of(DataType type) {
        for (DType candidate : DType.values()) {
            if (of(candidate) == type) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("element type " + type + " has no safetensors name");
    }
}
