package dev.finecomb.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The demo's model and input, for measurements. */
public final class DigitsInput {
    private DigitsInput() {}

    /** Lays down the pre-trained network. */
    public static void copyModel(Path target) throws IOException {
        DemoSettings.copyModel(target);
    }

    /** The values of the first records of the demo's stream, 64 digits each. */
    public static List<byte[]> records(int count) throws IOException {
        var stream = new DigitsStream(Digits.load(), DemoSettings.SEED);
        List<byte[]> records = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            records.add(stream.batch(k));
        }
        return records;
    }
}
