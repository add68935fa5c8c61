package dev.finecomb.bench;

import dev.finecomb.protocol.mask.Pattern;

/** The patterns that are measured. */
enum Patterns {
    TWO_OF_FOUR("2:4"),
    FOUR_OF_EIGHT("4:8"),
    ONE_OF_SIXTEEN("1:16");

    private final String text;

    Patterns(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    Pattern pattern() {
        return Pattern.parse(text);
    }

    /** As in the rows' ids: {@code 2of4}. */
    String id() {
        return text.replace(":", "of");
    }
}
