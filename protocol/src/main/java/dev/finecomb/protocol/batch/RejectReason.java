package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.TensorFault;

/**
 * Why a record was not trained on; closed, and the constants' names are what dead letters carry as {@code fc-reason}, so they
 * are stable.
 */
public enum RejectReason {
    EMPTY("the record holds no value, or its tensors hold no samples"),
    TOO_LARGE("the value or the number of its tensors exceeds the limit"),
    CONTENT_TYPE("the content-type header names neither safetensors nor JSON in UTF-8"),
    BAD_MAGIC("the value does not begin as safetensors do"),
    HEADER_TOO_LARGE("the safetensors header exceeds the limit"),
    HEADER_SYNTAX("the safetensors header is not the strict UTF-8 JSON that the format prescribes"),
    LAYOUT("the tensors do not tile the data: hole, overlap, wrong size, truncation or trailing bytes"),
    JSON_SYNTAX("the value is not strict UTF-8 JSON with an object of nested arrays of numbers"),
    JSON_DEPTH("the JSON is nested deeper than a tensor may have axes"),
    DTYPE("a tensor has an element type that batches do not use"),
    SHAPE("a tensor's shape is ragged, impossible, or not the one the model expects"),
    MISSING_TENSOR("an input or label that the model needs is not in the record"),
    SAMPLE_COUNT("the tensors do not all hold the same number of samples"),
    LABEL_RANGE("an integer label is not a class of the model"),
    NON_FINITE_INPUT("an input or label holds a value that is infinite or not a number"),
    NON_FINITE_LOSS("training on the batch gave a loss or gradient that is not finite"),
    GRAD_EXPLOSION("training on the batch gave a gradient beyond the permitted norm"),
    QUARANTINED("trained on this batch the process ended three times");

    private final String description;

    RejectReason(String description) {
        this.description = description;
    }

    /** One line for people. */
    public String description() {
        return description;
    }

    /** The reason under which a record is refused whose safetensors have that fault. */
    public static RejectReason of(TensorFault fault) {
        return switch (fault) {
            case BAD_MAGIC -> BAD_MAGIC;
            case TOO_LARGE -> TOO_LARGE;
            case HEADER_TOO_LARGE -> HEADER_TOO_LARGE;
            case HEADER_SYNTAX -> HEADER_SYNTAX;
            case LAYOUT -> LAYOUT;
            case DTYPE -> DTYPE;
            case SHAPE -> SHAPE;
        };
    }
}
