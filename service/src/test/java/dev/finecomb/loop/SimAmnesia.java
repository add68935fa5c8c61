package dev.finecomb.loop;

import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.checkpoint.Stores;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.IntakeMemory.ReadAhead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/** A checkpoint as a resume sees it that overlooks a part of what is remembered; the one in the store stays as it is. */
final class SimAmnesia {
    private static final String MEMORY = "job.json";

    private SimAmnesia() {}

    /** The checkpoint, less what the plan says is overlooked. */
    static StoredCheckpoint of(SimPlan plan, StoredCheckpoint stored) throws IOException {
        if (!plan.breaks(SimBreak.CURSOR_OVERLOOKED)
                && !plan.breaks(SimBreak.TURN_OVERLOOKED)
                && !plan.breaks(SimBreak.REFUSED_AHEAD_OVERLOOKED)
                && !plan.breaks(SimBreak.ORDERS_OVERLOOKED)) {
            return stored;
        }
        Path elsewhere = new SimWorld(plan.unbroken(), new SplittableRandom(0), false).disk.store();
        Path checkpoint = Files.createDirectory(elsewhere.resolve(stored.id().directoryName()));
        for (var file : stored.manifest().files()) {
            byte[] content = Files.readAllBytes(stored.part(file.name()));
            Files.write(
                    checkpoint.resolve(file.name()),
                    file.name().equals(MEMORY) ? less(plan, content) : content,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        }
        return Stores.elsewhere(stored, elsewhere);
    }

    private static byte[] less(SimPlan plan, byte[] json) {
        LoopMemory memory = LoopMemory.decode(json);
        LoopMemory.Standing standing = memory.standing();
        IntakeMemory input = standing.input();
        IntakeMemory less = new IntakeMemory(
                input.topicId(),
                plan.breaks(SimBreak.TURN_OVERLOOKED) ? 0 : input.turn(),
                plan.breaks(SimBreak.CURSOR_OVERLOOKED) ? List.of() : input.cursor(),
                plan.breaks(SimBreak.REFUSED_AHEAD_OVERLOOKED) ? new ReadAhead(List.of(), List.of()) : input.ahead(),
                input.pinned());
        return new LoopMemory(
                        memory.format(),
                        memory.progress(),
                        memory.prequential(),
                        memory.numbers(),
                        memory.announced(),
                        new LoopMemory.Standing(standing.paused(), less, standing.rejected()),
                        plan.breaks(SimBreak.ORDERS_OVERLOOKED) ? LoopMemory.Orders.NONE : memory.orders())
                .encode();
    }
}
