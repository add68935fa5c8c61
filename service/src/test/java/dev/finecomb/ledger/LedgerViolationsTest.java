package dev.finecomb.ledger;

import static dev.finecomb.ledger.LedgerWorld.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.ManifestChunk;
import dev.finecomb.protocol.mask.ManifestLayer;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskRecord;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.message.EventKind;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of violation, put into a good history, is found by its check, and no other check complains. */
class LedgerViolationsTest {
    private static Arguments damage(String what, Consumer<LedgerWorld> how, String... checks) {
        return arguments(what, how, Set.of(checks));
    }

    static Stream<Arguments> metrics() {
        return Stream.of(
                damage("a metrics record twice", world -> world.repeat(TOPICS.metrics(), 4), "ids"),
                damage(
                        "a step told again under a new identity",
                        world -> world.metrics(LedgerWorld.STEPS, 1, world.trainedOffset(LedgerWorld.STEPS)),
                        "steps",
                        "coverage"),
                damage("a step lost", world -> world.of(TOPICS.metrics()).remove(4), "steps", "coverage"),
                damage(
                        "the first step lost",
                        world -> world.of(TOPICS.metrics()).removeFirst(),
                        "steps",
                        "coverage"),
                damage("the last step lost", world -> world.of(TOPICS.metrics()).removeLast(), "steps", "coverage"),
                damage(
                        "two steps in the wrong order",
                        world -> Collections.swap(world.of(TOPICS.metrics()), 4, 5),
                        "steps",
                        "input-order"),
                damage(
                        "a step beyond the committed one",
                        world -> world.metrics(LedgerWorld.STEPS + 1, 0, world.nextOffset()),
                        "steps",
                        "input-order"),
                damage(
                        "an incarnation that comes back",
                        world -> {
                            world.metrics(new Origin("digits", "i2", 1), 0, 0, LedgerWorld.SAMPLES);
                            world.metrics(LedgerWorld.STEPS, 1, world.trainedOffset(LedgerWorld.STEPS));
                        },
                        "steps",
                        "coverage"),
                damage(
                        "metrics that can't be decoded",
                        world -> world.add(
                                TOPICS.metrics(),
                                "digits",
                                new byte[] {'{'},
                                new CloudEvent(
                                        LedgerWorld.origin(LedgerWorld.STEPS), MessageKind.METRICS, 5, Instant.EPOCH)),
                        "messages"));
    }

    static Stream<Arguments> input() {
        return Stream.of(
                damage(
                        "a record passed over",
                        world -> {
                            world.input();
                            world.manifest(3, LedgerWorld.STEPS, world.nextOffset());
                            world.commit(world.manifests.getLast());
                        },
                        "coverage"),
                damage(
                        "a dead letter lost",
                        world -> world.of(TOPICS.deadLetters()).removeFirst(),
                        "coverage"),
                damage(
                        "a dead letter of a record that was trained on",
                        world -> world.deadLetter(9, world.trainedOffset(2)),
                        "coverage"),
                damage("a dead letter twice", world -> world.repeat(TOPICS.deadLetters(), 0), "dead-letters"),
                damage(
                        "a dead letter beyond the committed position",
                        world -> world.deadLetter(9, world.nextOffset()),
                        "dead-letters"),
                damage(
                        "samples left out",
                        world -> {
                            world.of(TOPICS.metrics()).removeLast();
                            world.metrics(
                                    LedgerWorld.origin(LedgerWorld.STEPS),
                                    0,
                                    world.trainedOffset(LedgerWorld.STEPS),
                                    LedgerWorld.SAMPLES - 1);
                        },
                        "coverage"));
    }

    static Stream<Arguments> checkpoints() {
        return Stream.of(
                damage("no pointer", world -> world.commit(world.nextOffset(), ""), "checkpoint"),
                damage(
                        "offsets moved on",
                        world -> world.commit(
                                world.nextOffset() + 1,
                                world.manifests.getLast().pointer().format()),
                        "checkpoint"),
                damage(
                        "offsets moved back",
                        world -> world.commit(
                                1, world.manifests.getLast().pointer().format()),
                        "checkpoint",
                        "input-order",
                        "dead-letters"),
                damage("no offsets", world -> world.committed = Committed.of(Map.of()), "checkpoint"),
                damage(
                        "the newest manifest lost",
                        world -> world.of(TOPICS.checkpoints()).removeLast(),
                        "checkpoint"),
                damage(
                        "another digest",
                        world -> world.commit(
                                world.nextOffset(),
                                world.manifests
                                        .getLast()
                                        .pointer()
                                        .format()
                                        .replaceFirst("[0-9a-f]{64}", LedgerWorld.digest("other"))),
                        "checkpoint"),
                damage(
                        "manifests in the wrong order",
                        world -> Collections.swap(world.of(TOPICS.checkpoints()), 0, 1),
                        "chain"));
    }

    static Stream<Arguments> masks() {
        return Stream.of(
                damage("a chunk damaged", world -> flip(world, "b.weight#0"), "masks"),
                damage(
                        "the last chunk lost",
                        world -> world.of(TOPICS.masks()).removeIf(LedgerViolationsTest::isLastChunk),
                        "masks"),
                damage("a manifest damaged", world -> flip(world, MaskManifest.KEY), "masks"),
                damage(
                        "a version twice",
                        world -> {
                            LedgerRecord manifest = world.of(TOPICS.masks()).getLast();
                            world.add(
                                    TOPICS.masks(),
                                    MaskManifest.KEY,
                                    manifest.value().orElseThrow(),
                                    new CloudEvent(LedgerWorld.origin(6), MessageKind.MASK_MANIFEST, 9, Instant.EPOCH));
                        },
                        "masks"),
                damage(
                        "a removed weight that returns",
                        world -> world.snapshot(LedgerWorld.STEPS, 4, MaskState.FINAL, 0x53, 0xc3),
                        "masks"),
                damage("a step that goes back", world -> world.snapshot(5, 4, MaskState.FINAL, 0x53, 0x3c), "masks"),
                damage("a final mask that is not exactly N of M", LedgerViolationsTest::unbalanced, "masks"));
    }

    static Stream<Arguments> events() {
        return Stream.of(
                damage("no beginning", world -> world.of(TOPICS.events()).removeFirst(), "events"),
                damage("a removal that removes nothing", world -> world.removed(9, 1), "events"),
                damage("a second beginning", world -> world.event(9, 3, EventKind.STARTED, Map.of()), "events"),
                damage(
                        "an event that is no message",
                        world -> world.replace(TOPICS.events(), 1, "{}".getBytes(UTF_8)),
                        "messages"),
                damage(
                        "a model announced, but never finalized",
                        world -> world.of(TOPICS.events()).removeLast(),
                        "model"),
                damage(
                        "finalized, but no model announced",
                        world -> world.of(TOPICS.models()).clear(),
                        "model"),
                damage(
                        "a model of other bytes",
                        world -> world.models = _ -> Optional.of(_ -> LedgerWorld.digest("others")),
                        "model"),
                damage(
                        "a model whose file is gone",
                        world -> world.models = _ -> Optional.of(file -> {
                            throw new NoSuchFileException(file);
                        }),
                        "model"),
                damage(
                        "finalized at another place",
                        world -> {
                            world.of(TOPICS.events()).removeLast();
                            world.event(
                                    LedgerWorld.STEPS,
                                    4,
                                    EventKind.FINALIZED,
                                    Map.of("location", Scalar.of("elsewhere")));
                        },
                        "model"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"metrics", "input", "checkpoints", "masks", "events"})
    void isFoundByItsCheck(String what, Consumer<LedgerWorld> how, Set<String> checks) {
        LedgerWorld world = LedgerWorld.good();
        how.accept(world);

        LedgerReport report = world.audit();

        assertThat(report.findings().stream()
                        .filter(finding -> finding.verdict() == Finding.Verdict.BAD)
                        .map(Finding::check)
                        .collect(Collectors.toSet()))
                .as("%s:%n%s", what, report)
                .isEqualTo(checks);
        assertThat(report.holds()).isFalse();
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.verdict() == Finding.Verdict.BAD).isEqualTo(finding.violationCount() > 0));
    }

    private static void flip(LedgerWorld world, String key) {
        List<LedgerRecord> masks = world.of(TOPICS.masks());
        for (int i = masks.size() - 1; i >= 0; i--) {
            if (masks.get(i).hasKey(key)) {
                byte[] value = masks.get(i).value().orElseThrow().clone();
                value[value.length - 1] ^= 1;
                world.replace(TOPICS.masks(), i, value);
                return;
            }
        }
        throw new AssertionError("no record of key " + key);
    }

    private static boolean isLastChunk(LedgerRecord record) {
        return record.hasKey("a.weight#0") && record.offset() > 4;
    }

    /** Right in the sum, so that the manifest alone looks fine: one group keeps three weights, the other one. */
    private static void unbalanced(LedgerWorld world) {
        var layout = new GroupedLayout(List.of(1L, 8L), 4);
        List<LedgerRecord> masks = world.of(TOPICS.masks());
        MaskManifest last = decode(masks.getLast().value().orElseThrow());
        MaskRecord chunk = MaskPublication.first(new MaskDraft(
                        LedgerWorld.origin(6),
                        4,
                        MaskState.SEARCHING,
                        last.pattern(),
                        List.of(LedgerWorld.layer("a.weight", 0x17))))
                .records()
                .getFirst();
        var entry = new ManifestChunk("a.weight#0", 0, 2, chunk.value().length, Sha256.hex(chunk.value()));
        var manifest = new MaskManifest(
                LedgerWorld.origin(LedgerWorld.STEPS),
                4,
                MaskState.FINAL,
                last.pattern(),
                List.of(
                        new ManifestLayer("a.weight", layout, 4, List.of(entry)),
                        last.layers().getLast()));
        Origin origin = LedgerWorld.origin(LedgerWorld.STEPS);
        world.add(
                TOPICS.masks(), chunk.key(), chunk.value(), new CloudEvent(origin, MessageKind.MASK, 0, Instant.EPOCH));
        world.add(
                TOPICS.masks(),
                MaskManifest.KEY,
                manifest.encode(),
                new CloudEvent(origin, MessageKind.MASK_MANIFEST, 0, Instant.EPOCH));
    }

    private static MaskManifest decode(byte[] value) {
        try {
            return MaskManifest.decode(value);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }
}
