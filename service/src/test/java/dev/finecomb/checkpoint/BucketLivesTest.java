package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.storage.FaultyNetwork;
import dev.finecomb.storage.FaultyNetwork.Died;
import dev.finecomb.storage.FaultyNetwork.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random lives of a job's owners over one bucket. At any request an owner may stand still while its successors live, and
 * wake up after them; it may die, and requests and answers may get lost. Only the newest owner commits.
 */
class BucketLivesTest {
    private static final int HISTORIES = Battery.count("bucket.histories", 8);
    private static final int OWNERS = 4;
    private static final int CUTS = 3;
    private static final int KEEP = 1;
    /** How many owners may stand still at a time. */
    private static final int DEEPEST = 2;

    private static final double OVERTAKEN = 0.02;
    private static final double KILLED = 0.02;
    private static final double LOST = 0.004;

    @TempDir
    Path scratch;

    private int overtaken;
    private int killed;
    private int fenced;

    @Test
    void whateverBecomesOfItsOwnersWhatIsCommittedStaysWhole() throws Exception {
        long begin = System.nanoTime();
        for (int seed = 0; seed < HISTORIES; seed++) {
            new History(seed).run();
        }
        assertThat(List.of(overtaken, killed, fenced))
                .allSatisfy(times -> assertThat(times).isPositive());
        Battery.ran(
                "bucket-lives",
                HISTORIES,
                Duration.ofNanos(System.nanoTime() - begin),
                overtaken + " owners overtaken, " + fenced + " of them fenced, " + killed + " killed; nothing lost");
    }

    /** All that happens in one bucket. */
    private final class History {
        private final long seed;
        private final SplittableRandom random;
        private final BucketWorld world;
        private final List<StoredCheckpoint> commits = new ArrayList<>();
        private int newestOwner;
        private int standingStill;

        History(long seed) throws IOException {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.world = new BucketWorld(Files.createDirectory(scratch.resolve("history-" + seed)));
        }

        void run() throws Exception {
            for (int owner = 0; owner < OWNERS; owner++) {
                live(new FaultyNetwork((_, _) -> fate()));
            }
            int before = commits.size();
            live(new FaultyNetwork((_, _) -> new Fate.Passes()));
            assertThat(commits.size())
                    .as("seed %d: an undisturbed owner goes on", seed)
                    .isGreaterThan(before);
            StoredCheckpoint last = commits.getLast();
            assertThat(world.open().survey().entries())
                    .as("seed %d: nothing is left of what was superseded", seed)
                    .extracting(Medium.Entry::name)
                    .filteredOn(name -> name.startsWith(last.id().incarnation() + "-"))
                    .containsExactlyElementsOf(keptOf(last.id().incarnation()));
        }

        private List<String> keptOf(String incarnation) {
            List<String> names = commits.stream()
                    .map(StoredCheckpoint::id)
                    .filter(id -> id.incarnation().equals(incarnation))
                    .map(CheckpointId::directoryName)
                    .toList();
            return names.subList(Math.max(0, names.size() - 1 - KEEP), names.size());
        }

        /** What happens to a request, and before it. */
        private Fate fate() {
            if (standingStill < DEEPEST && random.nextDouble() < OVERTAKEN) {
                overtaken++;
                standingStill++;
                live(new FaultyNetwork((_, _) -> fate()));
                standingStill--;
            }
            double chance = random.nextDouble();
            if (chance < KILLED) {
                killed++;
                return random.nextBoolean() ? new Fate.DiesBefore() : new Fate.DiesAfter();
            }
            if (chance < KILLED + LOST) {
                return random.nextBoolean() ? new Fate.Lost() : new Fate.Unanswered();
            }
            return new Fate.Passes();
        }

        /** A process of the service, in the order that {@link CheckpointStore} asks for. */
        private void live(FaultyNetwork network) {
            try {
                CheckpointStore store = world.open(network);
                store.probeWritable();
                Survey survey = store.survey();
                newestOwner++;
                int me = newestOwner;
                Optional<StoredCheckpoint> committed =
                        commits.isEmpty() ? Optional.empty() : Optional.of(commits.getLast());
                if (committed.isEmpty()) {
                    store.removeAbandonedBeginnings(survey);
                    var first = new CheckpointId("i" + me, CheckpointId.FIRST_SEQUENCE);
                    committed = Optional.of(cut(store, me, first));
                } else {
                    load(store, me, committed.get());
                    store.removeUnfinished(survey);
                }
                long next = store.nextSequence(committed.get().id());
                for (int cut = 0; cut < CUTS; cut++) {
                    var id = new CheckpointId(committed.get().id().incarnation(), next);
                    next++;
                    cut(store, me, id);
                }
            } catch (Died _) {
                // Whoever comes next shows what it left.
            } catch (Fenced _) {
                fenced++;
            } catch (IOException _) {
                // A name that another owner took, or too many faults for one process: it ends, and is started again.
            }
        }

        private void load(CheckpointStore store, int me, StoredCheckpoint committed) throws IOException, Fenced {
            try {
                store.load(committed.pointer());
            } catch (CorruptCheckpointException e) {
                assertThat(me)
                        .as("seed %d: only who was overtaken may miss %s: %s", seed, committed, e)
                        .isLessThan(newestOwner);
                throw new Fenced();
            }
        }

        private StoredCheckpoint cut(CheckpointStore store, int me, CheckpointId id) throws IOException, Fenced {
            StoredCheckpoint cut = store.write(id, Checkpoints.parts(id.sequence()), Checkpoints.manifest(id));
            if (me != newestOwner) {
                throw new Fenced();
            }
            commits.add(cut);
            requireKept();
            store.collect(id, KEEP);
            requireKept();
            return cut;
        }

        /** The newest commit and its predecessors are there, as they were committed. */
        private void requireKept() throws IOException {
            String incarnation = commits.getLast().id().incarnation();
            List<String> kept = keptOf(incarnation);
            for (StoredCheckpoint commit : commits) {
                if (kept.contains(commit.id().directoryName())) {
                    try {
                        assertThat(world.open().load(commit.pointer()).manifest())
                                .isEqualTo(commit.manifest());
                    } catch (CorruptCheckpointException e) {
                        throw new AssertionError("seed " + seed + ": " + commit + " was committed, and is gone", e);
                    }
                }
            }
        }
    }

    /** A newer owner has begun. */
    private static final class Fenced extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
