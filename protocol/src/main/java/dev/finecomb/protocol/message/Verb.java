package dev.finecomb.protocol.message;

import dev.finecomb.protocol.json.WireName;

/** What a job can be told to do. */
public enum Verb implements WireName {
    /** Halt between steps; stay alive. */
    PAUSE("pause"),
    /** Go on after a pause. */
    RESUME("resume"),
    /** Make a cut now. */
    CHECKPOINT("checkpoint"),
    /** Publish the current masks now. */
    PUBLISH_MASKS("publish-masks"),
    /** Write, prove and announce the model as it is. */
    EXPORT("export"),
    /** Train on with another base rate: argument {@code learningRate}. */
    SET_LEARNING_RATE("set-learning-rate"),
    /** Make a cut and end with exit code 0. */
    STOP("stop");

    private final String wireName;

    Verb(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }
}
