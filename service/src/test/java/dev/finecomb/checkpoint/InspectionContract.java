package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What is told of a store from outside, beside its owner. */
abstract class InspectionContract extends StoreContract {
    private static final int CUTS = 150;

    @Test
    void whatIsGoneIsNotDamaged() throws IOException {
        Checkpoints.write(store, 0);
        var inspector = world.inspector();
        CheckpointId seen = inspector.checkpoints().getFirst();
        Checkpoints.write(store, 1);
        store.collect(Checkpoints.id(1), 0);

        assertThat(inspector.describe(seen)).isEmpty();
        assertThat(inspector.verify(seen)).isEmpty();
        assertThat(inspector.checkpoints()).containsExactly(Checkpoints.id(1));
    }

    @Test
    void findsNoDamageBesideAnOwnerThatCutsAndCollects() throws Exception {
        Checkpoints.write(store, 0);
        var inspector = world.inspector();
        CompletableFuture<Void> owner = CompletableFuture.runAsync(this::cut);
        List<String> damage = new ArrayList<>();
        long looks = 0;
        while (!owner.isDone() || looks == 0) {
            for (CheckpointId id : inspector.checkpoints()) {
                inspector.verify(id).ifPresent(found -> damage.addAll(found.damage()));
                looks++;
            }
        }
        owner.join();

        assertThat(damage).isEmpty();
        assertThat(looks).isPositive();
        assertThat(inspector.checkpoints()).endsWith(Checkpoints.id(CUTS));
    }

    private void cut() {
        try {
            for (long sequence = 1; sequence <= CUTS; sequence++) {
                Checkpoints.write(store, sequence);
                store.collect(Checkpoints.id(sequence), 1);
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void saysWhatItsOwnerSetAside() throws IOException {
        Checkpoints.write(store, 0);
        Checkpoints.write(store, 1);
        store.newestAncestor(Checkpoints.id(1), manifest -> Optional.empty());
        var inspector = world.inspector();

        assertThat(inspector.verify(Checkpoints.id(1)).orElseThrow().setAside()).isTrue();
        assertThat(inspector.verify(Checkpoints.id(0)).orElseThrow().setAside()).isFalse();
    }

    @Test
    void tellsWholeOnesTornOnesAndUnfinishedOnesApart() throws IOException {
        StoredCheckpoint whole = Checkpoints.write(store, 1);
        StoredCheckpoint torn = Checkpoints.write(store, 2);
        world.delete(torn.id(), "job.json");
        world.leaveUnfinished(Checkpoints.id(3));
        var inspector = world.inspector();

        assertThat(inspector.checkpoints()).containsExactly(whole.id(), torn.id());
        assertThat(inspector.unfinished())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name).contains(Checkpoints.id(3).directoryName()));
        assertThat(inspector.verify(whole.id()).orElseThrow().damage()).isEmpty();
        assertThat(inspector.verify(torn.id()).orElseThrow().damage())
                .singleElement()
                .asString()
                .contains(torn.location() + "/job.json");
        assertThat(inspector.verify(Checkpoints.id(9))).isEmpty();
    }
}
