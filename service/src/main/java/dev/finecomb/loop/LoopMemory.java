package dev.finecomb.loop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.publish.EventNumbers;
import java.io.IOException;
import java.util.List;

/**
 * What the loop itself remembers between two steps, beside the trainer's state: part of every cut.
 *
 * @param format version of this record, {@value #FORMAT}
 * @param progress how far the trainer is
 * @param prequential the window of measured batches
 * @param numbers where the numbering of output records stands
 * @param announced the model announced last; empty before the first
 * @param standing what a restart must not overlook
 */
record LoopMemory(
        int format,
        Progress progress,
        List<PrequentialWindow.Measured> prequential,
        EventNumbers numbers,
        List<Announced> announced,
        Standing standing) {
    static final int FORMAT = 1;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What a restart must not overlook.
     *
     * @param paused whether an order halted the job, so that a restart does not resume it
     * @param input where in the input it stands, beside the positions
     */
    record Standing(boolean paused, IntakeMemory input) {}

    /** Steps done and samples trained on. */
    record Progress(long step, long samples) {}

    /** A model that was proven and announced. */
    record Announced(long step, String location, String sha256) {}

    LoopMemory {
        prequential = List.copyOf(prequential);
        announced = List.copyOf(announced);
    }

    /** Before the first step. */
    static LoopMemory blank() {
        return new LoopMemory(
                FORMAT,
                new Progress(0, 0),
                List.of(),
                EventNumbers.NONE,
                List.of(),
                new Standing(false, IntakeMemory.BLANK));
    }

    byte[] encode() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the loop's memory can't be written as JSON", e);
        }
    }

    /**
     * Reads the bytes back.
     *
     * @throws IllegalArgumentException when they are no memory of this format
     */
    static LoopMemory decode(byte[] json) {
        try {
            LoopMemory memory = JSON.readValue(json, LoopMemory.class);
            if (memory.format() != FORMAT) {
                throw new IllegalArgumentException(
                        "job.json has format " + memory.format() + ", this version reads " + FORMAT);
            }
            return memory;
        } catch (IOException e) {
            throw new IllegalArgumentException("job.json can't be understood: " + e.getMessage(), e);
        }
    }
}
