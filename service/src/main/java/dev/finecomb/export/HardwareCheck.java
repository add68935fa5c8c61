package dev.finecomb.export;

import dev.finecomb.export.ExportClaims.Role;
import dev.finecomb.export.TensorProof.Hardware;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.util.List;

/**
 * Whether sparse tensor cores (2 of 4 along the reduction axis) can run a weight, decided by counting every group of 4.
 *
 * <p>Types and shapes as NVIDIA's cuSPARSELt takes them: F16 and BF16 as matrices of multiples of 16 by 16, I8 and U8 of
 * 32 by 32. F32 has a 1-of-2 format of its own there, so an F32 weight is judged as what it becomes when it is cast to F16
 * or BF16, which keeps every zero. A convolution counts as the matrix [O, spatial * I] of its channels-last form.
 */
final class HardwareCheck {
    private static final int GROUP = 4;
    private static final int MOST = 2;

    private HardwareCheck() {}

    static Hardware check(Entry tensor, Role role) {
        return switch (role) {
            case OTHER -> no("not the weight of a linear or convolution layer");
            case SPARSE_WEIGHT, DENSE_WEIGHT -> weight(tensor);
        };
    }

    private static Hardware weight(Entry tensor) {
        int multiple = switch (tensor.dtype()) {
            case F16, BF16, F32 -> 16;
            case I8, U8 -> 32;
            case F64, I64, I32, I16, U64, U32, U16, BOOL -> 0;
        };
        if (multiple == 0) {
            return no("sparse tensor cores don't take " + tensor.dtype());
        }
        List<Long> shape = tensor.shape();
        if (shape.size() < 2 || tensor.data().byteSize() == 0 || shape.get(1) % GROUP != 0) {
            return no("the input axis is not divisible by " + GROUP);
        }
        GroupWalk walk = GroupWalk.of(shape);
        ElementBits bits = new ElementBits(tensor);
        for (long row = 0, group = 0; row < walk.rows(); row++) {
            long at = walk.rowStart(row);
            for (long end = at + walk.inputs() * walk.stride(); at < end; group++) {
                int nonzeros = 0;
                for (int k = 0; k < GROUP; k++, at += walk.stride()) {
                    nonzeros += bits.nonzero(at) ? 1 : 0;
                }
                if (nonzeros > MOST) {
                    return no("group %d of %d has %d nonzeros".formatted(group, GROUP, nonzeros));
                }
            }
        }
        long rows = shape.get(0);
        long columns = walk.elements() / rows;
        if (rows % multiple != 0 || columns % multiple != 0) {
            return no("%d by %d is not a multiple of %d by %d".formatted(rows, columns, multiple, multiple));
        }
        return new Hardware(true, tensor.dtype() == DType.F32 ? "after a cast to F16 or BF16" : "as it is");
    }

    private static Hardware no(String reason) {
        return new Hardware(false, reason);
    }
}
