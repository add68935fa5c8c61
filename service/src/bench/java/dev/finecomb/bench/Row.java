package dev.finecomb.bench;

/**
 * One figure.
 *
 * @param id stable, such as {@code step-ratio-own-mlp-10m-2of4}
 * @param value a finite number
 * @param unit {@code ratio}, or what the value is counted in
 * @param baseline what it is relative to, in words and with its figure of the same run
 */
public record Row(String id, double value, String unit, String baseline) {
    /** @throws IllegalArgumentException for a value that JSON has no word for */
    public Row {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("row " + id + " has the value " + value);
        }
    }
}
