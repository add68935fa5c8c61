package dev.finecomb.training;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A note of which step is under way, in a small file mapped into memory: it survives the process, however that dies, and
 * costs a few stores a step. It says nothing about results; a note that a power failure tore is at worst a death counted
 * wrongly.
 *
 * <p>Content, 64-bit big-endian words: the magic word; whether a step is under way, and its due step and checksum; how many
 * processes in a row died in a step, and which; how many batches were ever quarantined, and a ring of the last
 * {@value #RING}. Belongs to the training thread.
 */
final class StepNote {
    /** Deaths in a row in one step after which its batch is quarantined. */
    static final int DEATHS = 3;

    private static final long MAGIC = 0x66635F6E6F746531L;
    private static final int RING = 64;
    private static final int UNDER_WAY = 1;
    private static final int CURRENT = 2;
    private static final int DEATH_COUNT = 4;
    private static final int SUSPECT = 5;
    private static final int QUARANTINED = 7;
    private static final int FIRST = 8;
    private static final int BYTES = (FIRST + 2 * RING) * Long.BYTES;

    private final MappedByteBuffer words;

    /**
     * Which step: a refused batch makes no step, so several batches may be due at the same number.
     *
     * @param due the number it would have
     * @param checksum of the batch's values and their number
     */
    record Step(long due, long checksum) {
        /** Reads the batch once, at the speed of memory. */
        static Step of(long due, TrainingBatch batch) {
            var crc = new CRC32C();
            long bytes = 0;
            for (Tensor tensor : batch.inputs()) {
                bytes += tensor.data().remaining();
                crc.update(tensor.data());
            }
            for (Tensor tensor : batch.labels()) {
                bytes += tensor.data().remaining();
                crc.update(tensor.data());
            }
            return new Step(due, (bytes << Integer.SIZE) ^ crc.getValue());
        }
    }

    private StepNote(MappedByteBuffer words) {
        this.words = words;
    }

    /**
     * Opens a copy of the note, or an empty one if there is none that is whole, and puts it in the note's place: an owner
     * that was overtaken but still runs keeps writing to the file that was there before, where nobody looks any more.
     */
    static StepNote open(Path file) throws IOException {
        ByteBuffer content = read(file);
        // Two starts may come here together: neither knows yet which of them owns the job.
        Path copy = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new");
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Written, not only extended: a page without a block would kill the process on a full disk.
            while (content.hasRemaining()) {
                channel.write(content, content.position());
            }
            channel.force(true);
            Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
            return new StepNote(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
        }
    }

    private static ByteBuffer read(Path file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(BYTES);
        if (Files.exists(file)) {
            try (FileChannel channel = FileChannel.open(file)) {
                while (content.hasRemaining() && channel.read(content) >= 0) {
                    // Until it is full or the file ends.
                }
                if (channel.size() == BYTES && !content.hasRemaining() && content.getLong(0) == MAGIC) {
                    return content.flip();
                }
            }
        }
        return ByteBuffer.allocate(BYTES).putLong(0, MAGIC);
    }

    private long get(int word) {
        return words.getLong(word * Long.BYTES);
    }

    private void put(int word, long value) {
        words.putLong(word * Long.BYTES, value);
    }

    private Step step(int word) {
        return new Step(get(word), get(word + 1));
    }

    private void put(int word, Step step) {
        put(word, step.due());
        put(word + 1, step.checksum());
    }

    /** Notes that the step begins. */
    void begin(Step step) {
        put(CURRENT, step);
        put(UNDER_WAY, 1);
    }

    /** Notes that the step under way went well; whoever died in it before died of something else. */
    void end() {
        put(UNDER_WAY, 0);
        if (get(DEATH_COUNT) > 0 && step(SUSPECT).equals(step(CURRENT))) {
            put(DEATH_COUNT, 0);
        }
    }

    boolean isUnderWay() {
        return get(UNDER_WAY) != 0;
    }

    /** Forgets the deaths: the row is broken. */
    void acquit() {
        put(DEATH_COUNT, 0);
    }

    /** Counts the death of a process that left a step under way; how many died in that step in a row, 0 if none did. */
    long countDeath() {
        if (!isUnderWay()) {
            return 0;
        }
        Step died = step(CURRENT);
        long deaths = died.equals(step(SUSPECT)) ? get(DEATH_COUNT) + 1 : 1;
        put(SUSPECT, died);
        put(DEATH_COUNT, deaths);
        put(UNDER_WAY, 0);
        if (deaths >= DEATHS) {
            quarantine(died);
        }
        return deaths;
    }

    private void quarantine(Step step) {
        long ever = get(QUARANTINED);
        put(FIRST + 2 * Math.floorMod(ever, RING), step);
        put(QUARANTINED, ever + 1);
        put(DEATH_COUNT, 0);
    }

    boolean isQuarantined(Step step) {
        int known = Math.clamp(get(QUARANTINED), 0, RING);
        for (int i = 0; i < known; i++) {
            if (step(FIRST + 2 * i).equals(step)) {
                return true;
            }
        }
        return false;
    }

    /** The step that the last counted death was in. */
    Step suspect() {
        return step(SUSPECT);
    }
}
