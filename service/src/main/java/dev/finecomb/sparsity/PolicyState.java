package dev.finecomb.sparsity;

import java.util.Arrays;

/** A named array of a policy's state, as it is stored in checkpoints. Names are stable. */
public final class PolicyState {
    private final String name;
    private final byte[] bytes;

    /** Copies the bytes. */
    public PolicyState(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes.clone();
    }

    public String name() {
        return name;
    }

    /** A copy of the array. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Length of the array in bytes. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PolicyState state && name.equals(state.name) && Arrays.equals(bytes, state.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "PolicyState[" + name + ", " + bytes.length + " bytes]";
    }
}
