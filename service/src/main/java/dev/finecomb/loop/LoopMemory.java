package dev.finecomb.loop;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
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
 * @param orders which were taken, and what they left behind
 */
record LoopMemory(
        int format,
        Progress progress,
        List<PrequentialWindow.Measured> prequential,
        EventNumbers numbers,
        List<Announced> announced,
        Standing standing,
        Orders orders) {
    static final int FORMAT = 1;

    /** Takes nothing but what it writes: a field that is missing, doubled or of another type is a fault, not a zero. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    // Else names of damaged files fill a table that every later reading copies.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /**
     * What a restart must not overlook.
     *
     * @param paused whether an order halted the job, so that a restart does not resume it
     * @param input where in the input it stands, beside the positions
     * @param rejected which of the last records were rejected, see {@link RejectRate#window}
     */
    record Standing(boolean paused, IntakeMemory input, String rejected) {
        /** Refuses what is no window with an {@link IllegalArgumentException}. */
        Standing {
            RejectRate.bits(rejected);
        }
    }

    /**
     * Which orders were taken, and what they left behind.
     *
     * @param topicId identity of the commands topic that {@code nextOffset} belongs to; empty before its first record
     * @param nextOffset the first record that was not taken
     * @param baseRate the learning rate's base that an order set; 0 for the configured one
     * @param exportOrdered whether an order to export is still to be carried out
     * @param answered the newest, oldest first
     */
    record Orders(String topicId, long nextOffset, double baseRate, boolean exportOrdered, List<Answered> answered) {
        /** None yet. */
        static final Orders NONE = new Orders("", 0, 0, false, List.of());

        Orders {
            answered = List.copyOf(answered);
        }
    }

    /**
     * An order that got its answer.
     *
     * @param step at which it did
     * @param refusal why it was not obeyed; empty if it was
     */
    record Answered(String id, long step, String refusal) {
        static Answered applied(String id, long step) {
            return new Answered(id, step, "");
        }

        /** What whoever sends it again is told. */
        String inWords() {
            return refusal.isEmpty()
                    ? "already applied at step " + step
                    : "already refused at step " + step + ": " + refusal;
        }
    }

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
                new Standing(false, IntakeMemory.BLANK, ""),
                Orders.NONE);
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
