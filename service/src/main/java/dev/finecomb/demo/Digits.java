package dev.finecomb.demo;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Handwritten digits of 8 x 8 pixels; where they come from stands in the README beside the data. */
final class Digits {
    static final int SIDE = 8;
    static final int PIXELS = SIDE * SIDE;

    private final float[][] pixels;
    private final int[] labels;

    private Digits(float[][] pixels, int[] labels) {
        this.pixels = pixels;
        this.labels = labels;
    }

    static Digits load() throws IOException {
        List<float[]> pixels = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        try (InputStream raw = Objects.requireNonNull(Digits.class.getResourceAsStream("digits.csv.gz"));
                var lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] columns = line.split(",", -1);
                float[] image = new float[PIXELS];
                for (int i = 0; i < PIXELS; i++) {
                    image[i] = Float.parseFloat(columns[i]) / 16;
                }
                pixels.add(image);
                labels.add(Integer.parseInt(columns[PIXELS]));
            }
        }
        return new Digits(
                pixels.toArray(float[][]::new),
                labels.stream().mapToInt(Integer::intValue).toArray());
    }

    int count() {
        return labels.length;
    }

    int label(int row) {
        return labels[row];
    }

    /** The digit in negative (1 - x), moved by so many pixels; what moves in from outside is paper. */
    float[] negative(int row, int right, int down) {
        float[] image = new float[PIXELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean inside = y - down >= 0 && y - down < SIDE && x - right >= 0 && x - right < SIDE;
                image[y * SIDE + x] = 1 - (inside ? pixels[row][(y - down) * SIDE + x - right] : 0);
            }
        }
        return image;
    }

    /** Images as the network's input [B, 1, 8, 8]. */
    static Tensor images(List<float[]> images) {
        ByteBuffer bytes =
                ByteBuffer.allocate(images.size() * PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        images.forEach(image -> {
            for (float pixel : image) {
                bytes.putFloat(pixel);
            }
        });
        return new Tensor("x", DType.F32, List.of((long) images.size(), 1L, (long) SIDE, (long) SIDE), bytes.flip());
    }

    /** Digits as labels [B]. */
    static Tensor labels(List<Integer> digits) {
        ByteBuffer bytes = ByteBuffer.allocate(digits.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        digits.forEach(digit -> bytes.putLong(digit));
        return new Tensor("y", DType.I64, List.of((long) digits.size()), bytes.flip());
    }
}
