package dev.finecomb.ledger;

/** What the job promises about repeats. */
public enum Delivery {
    /** Every output occurs once, and none beyond the committed position. */
    EXACTLY_ONCE("exactly-once"),
    /**
     * An output may occur again under its {@code ce_id}, and a crash may leave outputs of a cut that was not committed; whoever
     * drops the repeats sees each once.
     */
    AT_LEAST_ONCE("at-least-once");

    private final String word;

    Delivery(String word) {
        this.word = word;
    }

    /** The word for it in configurations and command lines. */
    public String word() {
        return word;
    }
}
