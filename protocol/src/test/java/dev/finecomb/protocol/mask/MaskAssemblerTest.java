package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.MaskAssembler.Complete;
import dev.finecomb.protocol.mask.MaskAssembler.Corrupt;
import dev.finecomb.protocol.mask.MaskAssembler.Incomplete;
import dev.finecomb.protocol.mask.MaskAssembler.Nothing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskAssemblerTest {
    private static final int CASES = 250; // per batch of seeds

    @Test
    void anOlderIncompleteManifestIsSkipped() {
        MaskWorld world = new MaskWorld(1, 2);
        MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);
        assertThat(assembler.standing()).isInstanceOf(Nothing.class);

        MaskRecord manifest = world.publications.getFirst().records().getLast();
        assertThat(assembler.accept(manifest.key(), manifest.value())).isEmpty();
        assertThat(assembler.standing())
                .isEqualTo(new Incomplete(
                        world.publications.getFirst().manifest(),
                        keysOf(world.publications.getFirst().manifest())));

        List<Long> versions =
                feed(assembler, MaskPublication.first(world.drafts.get(1)).records());
        assertThat(versions).containsExactly(2L);
        assertThat(assembler.standing()).isInstanceOf(Complete.class);
    }

    @Test
    void anotherJobsManifestIsCorrupt() {
        MaskAssembler assembler = new MaskAssembler("other");

        assertThat(feed(assembler, new MaskWorld(1, 1).records())).isEmpty();
        assertThat(assembler.standing())
                .isInstanceOfSatisfying(
                        Corrupt.class,
                        corrupt -> assertThat(corrupt.complaint()).hasMessage("job: expected other, found digits"));
    }

    @Test
    void aNewerGoodManifestForgivesACorruptOne() {
        MaskWorld world = new MaskWorld(3, 2);
        MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);
        feed(assembler, world.publications.get(0).records());

        assembler.accept(MaskManifest.KEY, new byte[] {1});
        assertThat(assembler.standing()).isInstanceOf(Corrupt.class);
        feed(assembler, world.publications.get(0).records());
        assertThat(assembler.standing()).isInstanceOf(Corrupt.class);

        assertThat(feed(assembler, world.publications.get(1).records())).containsExactly(2L);
        assertThat(assembler.standing()).isInstanceOf(Complete.class);
    }

    @Test
    void aNewIncarnationBeginsAnewAndTheOldOneStaysPast() {
        MaskWorld old = new MaskWorld(4, 3);
        MaskWorld reborn = new MaskWorld(5, 1);
        MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);

        assertThat(feed(assembler, old.records())).containsExactly(1L, 2L, 3L);
        assertThat(feed(assembler, reborn.records())).containsExactly(1L);
        assertThat(feed(assembler, old.records())).isEmpty();
        assertThat(assembler.standing()).isInstanceOf(Complete.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void inOrderWithRepeatsEverySnapshotIsHandedOutOnce(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + CASES; seed++) {
            Random random = new Random(seed);
            MaskWorld world = new MaskWorld(seed, 4);
            List<MaskRecord> records = new ArrayList<>();
            for (MaskPublication publication : world.publications) {
                records.addAll(publication.records());
                if (random.nextBoolean()) {
                    records.addAll(publication.records());
                }
            }

            assertThat(feed(world, records)).as("seed %d", seed).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void whateverCompactionLeavesTheNewestIsHandedOut(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + CASES; seed++) {
            Random random = new Random(seed);
            MaskWorld world = new MaskWorld(seed, 4);
            Map<String, MaskRecord> newest = new HashMap<>();
            world.records().forEach(found -> newest.put(found.key(), found));
            List<MaskRecord> left = world.records().stream()
                    .filter(found -> newest.containsValue(found) || random.nextBoolean())
                    .toList();

            assertThat(feed(world, left).getLast()).as("seed %d", seed).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void inAnyOrderWithRepeatsTheNewestIsHandedOutInTheEnd(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + CASES; seed++) {
            Random random = new Random(seed);
            MaskWorld world = new MaskWorld(seed, ChunkShelf.WAITING);
            List<MaskRecord> records = new ArrayList<>(world.records());
            world.records().stream().filter(_ -> random.nextInt(3) == 0).forEach(records::add);
            Collections.shuffle(records, random);

            assertThat(feed(world, records).getLast()).as("seed %d", seed).isEqualTo(ChunkShelf.WAITING);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void damagedRecordsNeverMakeASnapshot(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + CASES; seed++) {
            Random random = new Random(seed);
            MaskWorld world = new MaskWorld(seed, 4);
            MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);
            boolean newestDamaged = false;
            for (MaskRecord found : damagedFrom(world)) {
                boolean damage = random.nextInt(5) == 0;
                newestDamaged |= damage && isNeededByNewest(world, found);
                check(world, assembler.accept(found.key(), damage ? damaged(found, random) : found.value()), seed);
            }
            assertThat(isComplete(assembler, 4)).as("seed %d", seed).isNotEqualTo(newestDamaged);
        }
    }

    /** Each key once, as a thorough compaction leaves it: whatever is damaged has no other copy. */
    private static List<MaskRecord> damagedFrom(MaskWorld world) {
        return world.records().stream()
                .filter(found -> isNeededByNewest(world, found))
                .toList();
    }

    private static boolean isNeededByNewest(MaskWorld world, MaskRecord found) {
        return world.records().stream()
                .filter(other -> other.key().equals(found.key()))
                .reduce((_, later) -> later)
                .filter(newest -> newest == found)
                .isPresent();
    }

    private static byte[] damaged(MaskRecord found, Random random) {
        byte[] value = found.value().clone();
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(value, random.nextInt(value.length));
        }
        value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
        return value;
    }

    private static boolean isComplete(MaskAssembler assembler, long version) {
        return assembler.standing() instanceof Complete(MaskSnapshot snapshot) && snapshot.version() == version;
    }

    private static List<Long> feed(MaskWorld world, List<MaskRecord> records) {
        MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);
        List<Long> versions = new ArrayList<>();
        for (MaskRecord found : records) {
            Optional<MaskSnapshot> snapshot = assembler.accept(found.key(), found.value());
            check(world, snapshot, versions.size());
            snapshot.ifPresent(complete -> versions.add(complete.version()));
        }
        assertThat(versions).isSorted().doesNotHaveDuplicates();
        return versions;
    }

    private static List<Long> feed(MaskAssembler assembler, List<MaskRecord> records) {
        List<Long> versions = new ArrayList<>();
        for (MaskRecord found : records) {
            assembler.accept(found.key(), found.value()).ifPresent(snapshot -> versions.add(snapshot.version()));
        }
        return versions;
    }

    private static void check(MaskWorld world, Optional<MaskSnapshot> snapshot, long seed) {
        snapshot.ifPresent(complete -> assertThat(world.published(complete))
                .as("published, seed %d", seed)
                .isTrue());
    }

    private static List<String> keysOf(MaskManifest manifest) {
        return manifest.layers().stream()
                .flatMap(layer -> layer.chunks().stream())
                .map(ManifestChunk::key)
                .toList();
    }
}
