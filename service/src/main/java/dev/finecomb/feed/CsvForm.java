package dev.finecomb.feed;

import java.util.List;

/**
 * What the columns of a CSV file are.
 *
 * @param label the label's column, by its name in the first line or its number from 1; empty for the last one
 * @param sampleShape shape of one sample, which the other columns fill in their order; empty for one axis of all of them
 * @param inputName what the tensor of the other columns is called
 * @param labelName what the tensor of the labels is called
 */
public record CsvForm(String label, List<Long> sampleShape, String inputName, String labelName) {
    /** Copies the shape. */
    public CsvForm {
        sampleShape = List.copyOf(sampleShape);
    }
}
