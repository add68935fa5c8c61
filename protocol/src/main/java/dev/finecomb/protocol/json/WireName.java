package dev.finecomb.protocol.json;

/** An enum whose constants have a frozen name on the wire, independent of their name in Java. */
public interface WireName {
    /** The word that stands in messages. */
    String wireName();
}
