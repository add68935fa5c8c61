package dev.finecomb.loop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.publish.EventNumbers;
import java.io.IOException;
import java.util.List;

/**
 * What the loop itself remembers between two steps, beside the trainer's state: part of every cut.
 *
 * @param format version of this record, {@value #FORMAT}
 * @param step steps done
 * @param samples samples trained on
 * @param prequential the window of measured batches
 * @param numbers where the numbering of output records stands
 * @param exports the announced models' steps and digests, newest last; empty before the first
 */
record LoopMemory(
        int format,
        long step,
        long samples,
        List<PrequentialWindow.Measured> prequential,
        EventNumbers numbers,
        List<Announced> exports) {
    static final int FORMAT = 1;

    private static final JsonMapper JSON = new JsonMapper();

    /** A model that was proven and announced. */
    record Announced(long step, String location, String sha256) {}

    LoopMemory {
        prequential = List.copyOf(prequential);
        exports = List.copyOf(exports);
    }

    /** Before the first step. */
    static LoopMemory blank() {
        return new LoopMemory(FORMAT, 0, 0, List.of(), EventNumbers.NONE, List.of());
    }

    byte[] encode() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the loop's memory can't be written as JSON", e);
        }
    }

    /** @throws IOException when the bytes are no memory of this format */
    static LoopMemory decode(byte[] json) throws IOException {
        LoopMemory memory = JSON.readValue(json, LoopMemory.class);
        if (memory.format() != FORMAT) {
            throw new IOException("the loop's memory has format " + memory.format() + ", this version reads " + FORMAT);
        }
        return memory;
    }
}
