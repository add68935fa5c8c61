package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.RecordedDisk;
import dev.finecomb.checkpoint.Stores;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.loop.ListedInput.Kind;
import dev.finecomb.publish.Publishers;
import dev.finecomb.publish.ScriptedProducer;
import dev.finecomb.publish.TransactionalPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One list in which disk, input and broker note what is asked of them: durable, then confirmed, then visible, then gone. */
class DurabilityOrderTest {
    private static final List<String> COMMITTED = List.of(
            "begin",
            "send fc.job.masks",
            "send fc.job.masks",
            "send fc.job.events",
            "send fc.checkpoints",
            "offsets fc.job",
            "commit");
    private static final List<String> FILES =
            List.of("state.safetensors", "job.json", "masks.json", "predecessors.json", "manifest.json");
    /** Steps of the disk until a checkpoint is durable. */
    private static final int DISK_STEPS = 1 + 3 * 5 + 3;

    @TempDir
    Path directory;

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final List<Committer> committers = new ArrayList<>();
    private ScriptedProducer producer = new ScriptedProducer(steps);
    private RewindWorld world;
    private Path stores;

    @BeforeEach
    void makeWorld() throws Exception {
        world = new RewindWorld(directory.resolve("world"), IntakeRules.RECORD_BY_RECORD, 1);
        stores = directory.resolve("stores");
        Files.createDirectory(stores);
        for (int i = 0; i < 10; i++) {
            world.input.add(0, Kind.GOOD, 1);
        }
        world.begin();
    }

    @AfterEach
    void stop() {
        committers.forEach(Committer::close);
    }

    /** The real committer over the real store and publisher; their disk and client take notes. */
    private Committer committer(int keep, OptionalInt failAt) throws Exception {
        Path own = stores.resolve("store" + committers.size());
        Files.createDirectory(own);
        var disk = new RecordedDisk(own, steps, failAt);
        CheckpointStore store = Stores.open(own, () -> "t" + failAt.orElse(0) + "." + steps.size(), disk);
        producer = new ScriptedProducer(steps);
        TransactionalPublisher publisher = Publishers.over(producer, RewindWorld.KAFKA, world.host.clock());
        ListedInput input = world.input.again();
        input.beforeConfirm(_ -> steps.add("confirm the input"));
        LoopParts like = world.parts(new ChainTrainer(), input, store);
        var parts = new LoopParts(like.trainer(), input, store, publisher, like.export(), like.orders());
        publisher.takeOwnership();
        steps.clear();
        var committer = new Committer(parts, RewindWorld.FINGERPRINTS, keep, world.host, new Quiet());
        committers.add(committer);
        return committer;
    }

    private List<String> commit(Committer committer, long sequence) throws Exception {
        int before = steps.size();
        world.take(1);
        committer.submit(world.cut(new CheckpointId("i1", sequence)));
        committer.await();
        return List.copyOf(steps.subList(before, steps.size()));
    }

    private static String name(long sequence) {
        return "i1-00000000000" + sequence;
    }

    /** What a checkpoint takes to be durable, in a temporary directory of that name. */
    private static List<String> written(String temporary, long sequence) {
        List<String> written = new ArrayList<>(List.of("create directory " + temporary));
        for (String file : FILES) {
            written.add("create " + temporary + "/" + file);
            written.add("write " + temporary + "/" + file);
            written.add("force " + temporary + "/" + file);
        }
        written.add("force directory " + temporary);
        written.add("rename to /" + name(sequence));
        written.add("force directory /");
        return written;
    }

    private static List<String> durableThenVisible(String temporary, long sequence) {
        List<String> whole = new ArrayList<>(written(temporary, sequence));
        assertThat(whole).hasSize(DISK_STEPS);
        whole.add("confirm the input");
        whole.addAll(COMMITTED);
        return whole;
    }

    private static String temporary(List<String> steps) {
        return steps.getFirst().substring("create directory ".length());
    }

    /** The superseded checkpoint's name goes, durably, then its content. */
    private static void requireDeletion(List<String> steps, long sequence) {
        String doomed = steps.getFirst().substring("rename to ".length());
        assertThat(doomed).startsWith("/.deleting-" + name(sequence));
        assertThat(steps.get(1)).isEqualTo("force directory /");
        List<String> deletions = Stream.concat(
                        FILES.stream().map(file -> "delete " + doomed + "/" + file), Stream.of("delete " + doomed))
                .toList();
        assertThat(steps.subList(2, steps.size())).containsExactlyInAnyOrderElementsOf(deletions);
        assertThat(steps.getLast()).isEqualTo("delete " + doomed);
    }

    @Test
    void everyByteIsDurableBeforeTheTransactionBeginsAndNothingIsDeletedBeforeItsCommit() throws Exception {
        Committer committer = committer(1, OptionalInt.empty());

        for (int sequence = 0; sequence < 5; sequence++) {
            List<String> all = commit(committer, sequence);
            List<String> expected = durableThenVisible(temporary(all), sequence);
            assertThat(all.subList(0, expected.size())).isEqualTo(expected);
            List<String> after = all.subList(expected.size(), all.size());
            if (sequence < 2) {
                assertThat(after).isEmpty();
            } else {
                requireDeletion(after, sequence - 2);
            }
        }
    }

    @Test
    void aCommitThatIsNotTakenDeletesNothing() throws Exception {
        Committer committer = committer(0, OptionalInt.empty());
        commit(committer, 0);
        // Three attempts of one call, and one of the next.
        producer.offsets.addAll(Collections.nCopies(4, new TimeoutException("away")));

        List<String> all = commit(committer, 1);

        List<String> durable = written(temporary(all), 1);
        assertThat(all.subList(0, durable.size())).isEqualTo(durable);
        List<String> after = all.subList(durable.size(), all.size());
        assertThat(after.subList(0, after.indexOf("commit")))
                .noneMatch(step -> step.contains("/"))
                .containsOnlyOnce("confirm the input")
                .filteredOn("abort"::equals)
                .hasSize(4);
        requireDeletion(after.subList(after.indexOf("commit") + 1, after.size()), 0);
    }

    @Test
    void whateverStepOfTheDiskFailsTheTransactionWaitsForAWholeNewAttempt() throws Exception {
        for (int failAt = 0; failAt < DISK_STEPS; failAt++) {
            List<String> all = commit(committer(1, OptionalInt.of(failAt)), 0);

            int failed = all.indexOf("failed");
            int again = all.lastIndexOf(all.stream()
                    .filter(step -> step.startsWith("create directory"))
                    .reduce((_, last) -> last)
                    .orElseThrow());
            assertThat(failed).isEqualTo(failAt);
            assertThat(again).isGreaterThan(failed);
            assertThat(all.subList(failed + 1, again)).allMatch(step -> step.startsWith("delete "));
            assertThat(all.subList(again, all.size()))
                    .isEqualTo(durableThenVisible(temporary(all.subList(again, all.size())), 0));
        }
    }

    /** Nobody watches. */
    private static final class Quiet implements Committer.CommitObserver {
        @Override
        public void moving() {}

        @Override
        public void durable(Cut cut, long nanos) {}

        @Override
        public void storeFailed(IOException cause) {}

        @Override
        public void brokerUnavailable(String detail) {}

        @Override
        public void committed(Cut cut, long nanos) {}
    }
}
