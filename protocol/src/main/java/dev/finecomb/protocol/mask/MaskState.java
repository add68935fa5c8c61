package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.json.WireName;

/** How far the search for masks is. */
public enum MaskState implements WireName {
    /** Combinations remain to be removed: a group may keep more than N weights. */
    SEARCHING("searching"),
    /** Every group keeps exactly N weights, for good. */
    FINAL("final");

    private final String wireName;

    MaskState(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }
}
