package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.Battery;
import dev.finecomb.storage.FaultyNetwork;
import dev.finecomb.storage.FaultyNetwork.Died;
import dev.finecomb.storage.FaultyNetwork.Fate;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorageException;
import dev.finecomb.storage.UnfitStorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.SdkHttpRequest;

/** What is left after any request of a write is lost, refused or repeated, or the process dies at it. */
class BucketFaultsTest {
    private static final Fate PASSES = new Fate.Passes();
    /** Claim, three parts, manifest. */
    private static final int REQUESTS = 5;

    @TempDir
    Path scratch;

    private BucketWorld world;

    @BeforeEach
    void begin() {
        world = new BucketWorld(scratch);
    }

    private static BiFunction<SdkHttpRequest, Integer, Fate> at(int request, Fate fate) {
        return (_, number) -> number == request ? fate : PASSES;
    }

    private StoredCheckpoint committed(long sequence) throws IOException {
        CheckpointStore store = world.open();
        StoredCheckpoint written = Checkpoints.write(store, sequence);
        store.collect(written.id(), 2);
        return written;
    }

    static List<Fate> passing() {
        return List.of(
                new Fate.Lost(),
                new Fate.Unanswered(),
                new Fate.Refused(500, "InternalError"),
                new Fate.Refused(503, "SlowDown"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void aFaultThatPassesIsSurvived(Fate fate) throws Exception {
        long begin = System.nanoTime();
        for (int request = 0; request < REQUESTS; request++) {
            var network = new FaultyNetwork(at(request, fate));
            StoredCheckpoint written = Checkpoints.write(world.open(network), request);
            assertThat(network.requests()).hasSizeGreaterThan(REQUESTS);
            assertThat(world.open().load(written.pointer()).manifest()).isEqualTo(written.manifest());
        }
        Battery.ran("object-store-faults", REQUESTS, Duration.ofNanos(System.nanoTime() - begin), "survived");
    }

    @Test
    void aCutCostsSoManyRequests() throws Exception {
        var network = new FaultyNetwork((_, _) -> PASSES);
        CheckpointStore store = world.open(network);
        Checkpoints.write(store, 1);
        assertThat(network.requests())
                .containsExactly(
                        "PUT .claim",
                        "PUT state.safetensors",
                        "PUT job.json",
                        "PUT predecessors.json",
                        "PUT manifest.json");
        store.collect(Checkpoints.id(1), 0);
        assertThat(network.requests()).hasSize(REQUESTS + 1);
    }

    @Test
    void anotherConditionalRequestUnderWayIsWaitedFor() throws Exception {
        for (int request : List.of(0, REQUESTS - 1)) {
            var network = new FaultyNetwork(at(request, new Fate.Refused(409, "ConditionalRequestConflict")));
            StoredCheckpoint written = Checkpoints.write(world.open(network), request);
            assertThat(network.requests()).hasSize(REQUESTS + 1);
            assertThat(world.open().load(written.pointer()).manifest()).isEqualTo(written.manifest());
        }
    }

    @Test
    void afterAFaultThatStaysThePreviousOneIsIntactAndTheNextNameFree() throws Exception {
        StoredCheckpoint previous = committed(1);
        for (Fate fate : List.of(new Fate.Lost(), new Fate.Unanswered())) {
            for (int request = 0; request < REQUESTS; request++) {
                int from = request;
                var network = new FaultyNetwork((_, number) -> number >= from ? fate : PASSES);
                CheckpointStore store = world.open(network);
                long next = world.open().nextSequence(previous.id());
                assertThatThrownBy(() -> Checkpoints.write(store, next))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("s3://checkpoints/test/");
                assertThat(world.open().load(previous.pointer()).manifest()).isEqualTo(previous.manifest());
            }
        }
        CheckpointStore store = world.open();
        store.load(previous.pointer());
        StoredCheckpoint after = Checkpoints.write(store, store.nextSequence(previous.id()));
        store.collect(after.id(), 0);
        assertThat(store.survey().entries())
                .extracting(Medium.Entry::name)
                .containsExactly(after.id().directoryName());
    }

    @Test
    void killedAtEveryRequestThePreviousOneIsIntactAndNothingElseStays() throws Exception {
        long begin = System.nanoTime();
        StoredCheckpoint committed = committed(0);
        for (int request = 0; request < REQUESTS + 7; request++) {
            for (Fate death : List.of(new Fate.DiesBefore(), new Fate.DiesAfter())) {
                committed = diesAndGoesOn(committed, request, death);
            }
        }
        Battery.ran("kill-at-request", 2 * (REQUESTS + 7), Duration.ofNanos(System.nanoTime() - begin), "intact");
    }

    private StoredCheckpoint diesAndGoesOn(StoredCheckpoint committed, int request, Fate death) throws Exception {
        CheckpointStore dying = world.open(new FaultyNetwork(at(request, death)));
        long sequence = world.open().nextSequence(committed.id());
        boolean commits = false;
        try {
            StoredCheckpoint written = Checkpoints.write(dying, sequence);
            commits = true;
            committed = written;
            dying.collect(written.id(), 0);
        } catch (Died killed) {
            // The committed one is still that before, unless the write was over.
        }
        CheckpointStore next = world.open();
        Survey survey = next.survey();
        assertThat(next.load(committed.pointer()).manifest()).isEqualTo(committed.manifest());
        next.removeUnfinished(survey);
        long free = next.nextSequence(committed.id());
        assertThat(free).as("a name is used once").isGreaterThan(commits ? sequence : sequence - 1);
        StoredCheckpoint after = Checkpoints.write(next, free);
        next.collect(after.id(), 0);
        assertThat(next.survey().entries())
                .extracting(Medium.Entry::name)
                .containsExactly(after.id().directoryName());
        assertThat(world.open().load(after.pointer()).manifest()).isEqualTo(after.manifest());
        return after;
    }

    @Test
    void aFirstCheckpointKeepsItsNameThroughAllAttempts() throws Exception {
        for (int request = 0; request < REQUESTS; request++) {
            CheckpointId id = new CheckpointId("i" + request, CheckpointId.FIRST_SEQUENCE);
            int from = request;
            boolean[] broken = {true};
            CheckpointStore store = world.open(
                    new FaultyNetwork((_, number) -> broken[0] && number >= from ? new Fate.Unanswered() : PASSES));
            assertThatThrownBy(() -> store.write(id, Checkpoints.parts(0), Checkpoints.manifest(id)))
                    .isInstanceOf(IOException.class);
            broken[0] = false;
            StoredCheckpoint written = store.write(id, Checkpoints.parts(0), Checkpoints.manifest(id));
            assertThat(world.open().load(written.pointer()).manifest()).isEqualTo(written.manifest());
            assertThatThrownBy(() -> store.write(id, Checkpoints.parts(0), Checkpoints.manifest(id)))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(world.open().survey().holdsNothingLearned()).isTrue();
    }

    /** The stale owner stands still in the middle of its write; its successor takes over, and then it wakes up. */
    @Test
    void aStaleOwnerCanNeitherMixNorDeleteItsSuccessorsFiles() throws Exception {
        StoredCheckpoint committed = committed(1);
        StoredCheckpoint[] successors = new StoredCheckpoint[1];
        CheckpointStore stale = world.open();
        CheckpointId id = Checkpoints.id(2);
        List<CheckpointPart> parts = List.of(new CheckpointPart("state.safetensors", channel -> {
            CheckpointStore next = world.open();
            Survey survey = next.survey();
            try {
                next.load(committed.pointer());
            } catch (CorruptCheckpointException e) {
                throw new AssertionError(e);
            }
            next.removeUnfinished(survey);
            successors[0] = Checkpoints.write(next, next.nextSequence(committed.id()));
            next.collect(successors[0].id(), 2);
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }));
        StoredCheckpoint written = stale.write(id, parts, Checkpoints.manifest(id));
        stale.collect(written.id(), 0);
        assertThat(successors[0].id()).isEqualTo(Checkpoints.id(3));
        CheckpointStore third = world.open();
        assertThat(third.load(successors[0].pointer()).manifest()).isEqualTo(successors[0].manifest());
        third.collect(successors[0].id(), 0);
        assertThat(third.survey().checkpoints()).containsExactly(Checkpoints.id(3));
    }

    @Test
    void aLargePartGoesInPartsAndIsGivenUpByTheNextOwnerWhenItsWriterDies() throws Exception {
        byte[] large = new byte[2 * ObjectServer.PART_BYTES + 12345];
        new SplittableRandom(3).nextBytes(large);
        List<CheckpointPart> parts = List.of(CheckpointPart.of("state.safetensors", large));
        CheckpointId id = Checkpoints.id(2);
        var network = new FaultyNetwork((_, _) -> PASSES);
        StoredCheckpoint written = world.open(network).write(id, parts, Checkpoints.manifest(id));
        assertThat(network.requests().stream().filter(request -> request.endsWith("state.safetensors")))
                .containsExactly(
                        "POST state.safetensors",
                        "PUT state.safetensors",
                        "PUT state.safetensors",
                        "PUT state.safetensors",
                        "POST state.safetensors");
        assertThat(Files.readAllBytes(world.open().load(written.pointer()).part("state.safetensors")))
                .isEqualTo(large);

        CheckpointId torn = Checkpoints.id(3);
        CheckpointStore dying = world.open(new FaultyNetwork(at(3, new Fate.DiesAfter())));
        assertThatThrownBy(() -> dying.write(torn, parts, Checkpoints.manifest(torn)))
                .isInstanceOf(Died.class);
        CheckpointStore next = world.open();
        Survey survey = next.survey();
        next.load(written.pointer());
        next.removeUnfinished(survey);
        var after = new FaultyNetwork((_, _) -> PASSES);
        world.storage(after).abortUploads("");
        assertThat(after.requests())
                .as("a look, and no upload is left to be given up")
                .hasSize(1);
    }

    @Test
    void theLostAnswerToTheLastPartIsMadeUpFor() throws Exception {
        byte[] large = new byte[ObjectServer.PART_BYTES + 1];
        CheckpointId id = Checkpoints.id(2);
        // Claim, begin, two parts, the end.
        StoredCheckpoint written = world.open(new FaultyNetwork(at(4, new Fate.Unanswered())))
                .write(id, List.of(CheckpointPart.of("state.safetensors", large)), Checkpoints.manifest(id));
        assertThat(world.open().load(written.pointer()).manifest()).isEqualTo(written.manifest());
    }

    @Test
    void whatIsReadByHalfIsNotBelieved() throws Exception {
        StoredCheckpoint committed = committed(1);
        CheckpointStore store = world.open(
                new FaultyNetwork((http, _) -> http.method().name().equals("GET") ? new Fate.CutShort() : PASSES));
        assertThatThrownBy(() -> store.load(committed.pointer())).isInstanceOf(IOException.class);
        assertThat(world.open().load(committed.pointer()).manifest()).isEqualTo(committed.manifest());
    }

    @Test
    void whatWasLoadedIsGoneFromThisMachineOnceItIsNotNeeded() throws Exception {
        StoredCheckpoint committed = committed(1);
        CheckpointStore store = world.open();
        Survey survey = store.survey();
        StoredCheckpoint loaded = store.load(committed.pointer());
        assertThat(loaded.part("state.safetensors")).exists();
        // A process that is killed here leaves it; the next one takes it away.
        world.open();
        try (var left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
        assertThatThrownBy(() -> loaded.part("state.safetensors"))
                .as("it is not fetched again, unverified")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a finecomb.object-storage.scratch of its own");
        store.removeUnfinished(survey);
        try (var left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aStoreThatTakesASecondObjectUnderANameIsRefused() throws Exception {
        CheckpointStore store = world.open(new FaultyNetwork((_, _) -> new Fate.Unconditional()));
        assertThatThrownBy(store::probeWritable)
                .isInstanceOf(UnfitStorageException.class)
                .hasMessageContaining("If-None-Match");
        assertThat(world.names()).isEmpty();
    }

    @Test
    void aStoreThatDoesNotKnowTheConditionIsRefusedAsWell() throws Exception {
        CheckpointStore store = world.open(new FaultyNetwork(
                (http, _) -> http.method().name().equals("PUT") ? new Fate.Refused(501, "NotImplemented") : PASSES));
        assertThatThrownBy(store::probeWritable).isInstanceOf(UnfitStorageException.class);
    }

    @Test
    void anObjectThatSomebodyDeletedInBetweenMakesNoStoreUnfit() throws Exception {
        var once = new AtomicBoolean(true);
        CheckpointStore store = world.open(new FaultyNetwork((_, number) -> {
            if (number == 1 && once.getAndSet(false)) {
                deleteProbes();
            }
            return PASSES;
        }));
        store.probeWritable();
        assertThat(once).isFalse();
        assertThat(world.names()).isEmpty();
    }

    private void deleteProbes() {
        try {
            for (String name : world.names()) {
                world.storage().delete(name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsMissingByTheWordOfAnotherThanTheStoreIsNotMissing() throws Exception {
        StoredCheckpoint written = committed(1);
        CheckpointStore store = world.open(new FaultyNetwork(
                (http, _) -> http.method().name().equals("HEAD") ? new Fate.Refused(404, "") : PASSES));
        assertThat(store.load(written.pointer()).manifest()).isEqualTo(written.manifest());
    }

    @Test
    void aSearchThatCanNotReadConcludesNothing() throws Exception {
        CheckpointStore owner = world.open();
        StoredCheckpoint older = Checkpoints.write(owner, 1);
        StoredCheckpoint newest = Checkpoints.write(owner, 2);
        CheckpointStore store = world.open(new FaultyNetwork((http, _) ->
                http.encodedPath().contains(older.id().directoryName()) ? new Fate.Refused(503, "SlowDown") : PASSES));
        assertThatThrownBy(() -> store.newestAncestor(newest.id(), _ -> Optional.empty()))
                .isInstanceOf(ObjectStorageException.class)
                .hasMessageContaining(older.location());
        assertThat(world.open()
                        .newestAncestor(newest.id(), _ -> Optional.empty())
                        .newest())
                .map(StoredCheckpoint::id)
                .contains(older.id());
    }

    @Test
    void whatAnInspectorReadIsGoneFromThisMachine() throws Exception {
        StoredCheckpoint written = Checkpoints.write(world.open(), 1);
        assertThat(world.inspector().verify(written.id()).orElseThrow().damage())
                .isEmpty();
        try (var left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
    }
}
