package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.control.CommandMailbox;
import dev.finecomb.control.CommandResult;
import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.ingest.CommandSource;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Command.Validity;
import dev.finecomb.protocol.message.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders of both kinds against a job of plain fields: what is obeyed, what is refused and why, and what a cut keeps. */
class OrdersTest {
    private static final Instant NOON = OrderedJob.NOW;

    private final OrderedJob job = new OrderedJob();
    private final CommandMailbox mailbox = new CommandMailbox(8);
    private final Topic topic = new Topic();
    private Orders orders = orders(LoopMemory.blank());

    /** A commands topic in memory. */
    private static final class Topic implements CommandSource {
        private final Queue<CommandRecord> records = new ArrayDeque<>();
        private long end;

        void add(Command command) {
            records.add(new CommandRecord("t", end++, new CommandRecord.Order(command)));
        }

        void addMalformed(String name, String reason) {
            records.add(new CommandRecord("t", end++, new CommandRecord.Malformed(name, reason)));
        }

        @Override
        public void start(String topicId, long nextOffset) {
            throw new UnsupportedOperationException("the start is not these tests' concern");
        }

        @Override
        public Optional<CommandRecord> poll() {
            return Optional.ofNullable(records.poll());
        }

        @Override
        public void close() {}
    }

    private Orders orders(LoopMemory memory) {
        return job.orders(new OrderSources(mailbox, topic), memory);
    }

    private void takeAll() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            orders.take(Duration.ZERO);
        }
    }

    /** Another process goes on from the newest cut. */
    private void restart(LoopMemory.Orders memory) {
        LoopMemory blank = LoopMemory.blank();
        orders = orders(LoopMemory.decode(new LoopMemory(
                        blank.format(),
                        blank.progress(),
                        blank.prequential(),
                        blank.numbers(),
                        blank.announced(),
                        blank.standing(),
                        memory)
                .encode()));
    }

    static Stream<Arguments> verbsInStates() {
        JobState learning = new JobState.Learning();
        JobState removing = new JobState.Removing();
        JobState settling = new JobState.Settling();
        JobState exporting = new JobState.Exporting();
        JobState finalized = new JobState.Finalized();
        JobState paused = new JobState.Paused(new JobState.Removing());
        String nothing = ", there is nothing to pause";
        String early = "a model can be exported while it is settling or finalized; the job is ";
        return Stream.of(
                Arguments.of(Verb.PAUSE, learning, new JobState.Paused(new JobState.Learning()), ""),
                Arguments.of(Verb.PAUSE, removing, new JobState.Paused(new JobState.Removing()), ""),
                Arguments.of(Verb.PAUSE, settling, new JobState.Paused(new JobState.Settling()), ""),
                Arguments.of(Verb.PAUSE, exporting, exporting, "the job is exporting" + nothing),
                Arguments.of(Verb.PAUSE, finalized, finalized, "the job is finalized" + nothing),
                Arguments.of(Verb.PAUSE, paused, paused, "the job is paused" + nothing),
                Arguments.of(Verb.RESUME, learning, learning, "the job is learning, not paused"),
                Arguments.of(Verb.RESUME, removing, removing, "the job is removing, not paused"),
                Arguments.of(Verb.RESUME, settling, settling, "the job is settling, not paused"),
                Arguments.of(Verb.RESUME, exporting, exporting, "the job is exporting, not paused"),
                Arguments.of(Verb.RESUME, finalized, finalized, "the job is finalized, not paused"),
                Arguments.of(Verb.RESUME, paused, removing, ""),
                Arguments.of(Verb.EXPORT, learning, learning, early + "learning at step 7"),
                Arguments.of(Verb.EXPORT, removing, removing, early + "removing at step 7"),
                Arguments.of(Verb.EXPORT, settling, exporting, ""),
                Arguments.of(Verb.EXPORT, exporting, exporting, early + "exporting at step 7"),
                Arguments.of(Verb.EXPORT, finalized, exporting, ""),
                Arguments.of(Verb.EXPORT, paused, paused, early + "paused at step 7"));
    }

    static Stream<Arguments> verbsThatEveryStateObeys() {
        return Stream.of(Verb.CHECKPOINT, Verb.PUBLISH_MASKS, Verb.SET_LEARNING_RATE, Verb.STOP)
                .flatMap(verb -> Stream.of(
                                new JobState.Learning(),
                                new JobState.Removing(),
                                new JobState.Settling(),
                                new JobState.Exporting(),
                                new JobState.Finalized(),
                                new JobState.Paused(new JobState.Learning()))
                        .map(state -> Arguments.of(verb, state, state, "")));
    }

    @ParameterizedTest
    @MethodSource({"verbsInStates", "verbsThatEveryStateObeys"})
    void everyVerbInEveryState(Verb verb, JobState before, JobState after, String refusal) throws Exception {
        job.to(before);
        topic.add(command("a", verb));

        takeAll();

        assertThat(job.state()).isEqualTo(after);
        assertThat(job.answers())
                .containsExactly(refusal.isEmpty() ? "a applied " + verb.wireName() : "a refused " + refusal);
        assertThat(job.isCutDue()).isEqualTo(refusal.isEmpty());
        assertThat(job.isStopped()).isEqualTo(verb == Verb.STOP);
        assertThat(job.trainer().baseRate()).isEqualTo(verb == Verb.SET_LEARNING_RATE ? 0.5 : 0);
        assertThat(job.snapshots()).isEqualTo(verb == Verb.PUBLISH_MASKS ? 1 : 0);
    }

    @Test
    void anOrderIsAppliedOnceHoweverOftenAndByWhicheverWayItComes() throws Exception {
        topic.add(command("a", Verb.PAUSE));
        topic.add(command("a", Verb.PAUSE));
        topic.add(command("b", Verb.RESUME));
        topic.add(command("a", Verb.PAUSE));
        takeAll();
        CompletableFuture<CommandResult> repeat = mailbox.submit(command("a", Verb.PAUSE));
        CompletableFuture<CommandResult> fresh = mailbox.submit(command("c", Verb.SET_LEARNING_RATE));
        takeAll();
        topic.add(command("c", Verb.SET_LEARNING_RATE));
        takeAll();

        assertThat(job.state()).isEqualTo(new JobState.Learning());
        assertThat(job.answers())
                .containsExactly(
                        "a applied pause",
                        "a refused already applied at step 7",
                        "b applied resume",
                        "a refused already applied at step 7",
                        "c applied set-learning-rate",
                        "c refused already applied at step 7");
        commit(orders.freeze());
        assertThat(repeat).isCompletedWithValue(new CommandResult.Applied(7));
        assertThat(fresh).isCompletedWithValue(new CommandResult.Applied(7));
    }

    @Test
    void whoGaveAnOrderIsToldWhenItsCutIsCommitted() throws Exception {
        CompletableFuture<CommandResult> pause = mailbox.submit(command("a", Verb.PAUSE));
        CompletableFuture<CommandResult> refused = mailbox.submit(command("b", Verb.PAUSE));
        takeAll();

        assertThat(pause).isNotDone();
        assertThat(refused)
                .isCompletedWithValue(new CommandResult.Refused("the job is paused, there is nothing to pause"));
        Orders.Frozen cut = orders.freeze();
        assertThat(pause).isNotDone();
        commit(cut);
        assertThat(pause).isCompletedWithValue(new CommandResult.Applied(7));
        assertThat(orders.freeze().answers()).isEmpty();
    }

    @Test
    void aRefusedIdStaysRefusedWithItsFirstReason() throws Exception {
        topic.add(command("a", Verb.RESUME));
        takeAll();
        job.to(new JobState.Paused(new JobState.Learning()));
        topic.add(command("a", Verb.RESUME));
        takeAll();
        CompletableFuture<CommandResult> again = mailbox.submit(command("a", Verb.RESUME));
        takeAll();

        assertThat(job.answers())
                .containsExactly(
                        "a refused the job is learning, not paused",
                        "a refused already refused at step 7: the job is learning, not paused");
        assertThat(again).isCompletedWithValue(new CommandResult.Refused("the job is learning, not paused"));
        assertThat(job.state()).isInstanceOf(JobState.Paused.class);
    }

    @Test
    void anExpiredOrderAndOneForAnotherIncarnationAreRefused() throws Exception {
        topic.add(new Command("late", Verb.STOP, Map.of(), new Validity(Validity.ANY_INCARNATION, NOON)));
        topic.add(new Command("foreign", Verb.STOP, Map.of(), new Validity("other", Instant.MAX)));
        topic.add(new Command("just", Verb.PAUSE, Map.of(), new Validity(OrderedJob.INCARNATION, NOON.plusNanos(1))));

        takeAll();

        assertThat(job.answers())
                .containsExactly(
                        "late refused expired at " + NOON,
                        "foreign refused for another incarnation: other, the job's is " + OrderedJob.INCARNATION,
                        "just applied pause");
        assertThat(job.isStopped()).isFalse();
    }

    @Test
    void aMalformedRecordIsRefusedAndItsNameMayBeUsedForAnOrder() throws Exception {
        topic.addMalformed("a", "verb: expected a text, found no such field");
        topic.add(command("a", Verb.PAUSE));

        takeAll();

        assertThat(job.answers())
                .containsExactly("a refused malformed: verb: expected a text, found no such field", "a applied pause");
    }

    @Test
    void aRateThatTheTrainerCannotUseIsRefused() throws Exception {
        topic.add(new Command(
                "a", Verb.SET_LEARNING_RATE, Map.of(Command.LEARNING_RATE, Scalar.of(1e300)), Validity.ALWAYS));

        takeAll();

        assertThat(job.answers()).containsExactly("a refused too large");
        assertThat(orders.freeze().memory().baseRate()).isZero();
    }

    @Test
    void aCutKeepsWhereToReadOnAndWhatWasAnswered() throws Exception {
        topic.add(command("a", Verb.PAUSE));
        topic.add(command("rate", Verb.SET_LEARNING_RATE));
        topic.addMalformed("t-0@2", "no JSON");
        takeAll();
        LoopMemory.Orders kept = orders.freeze().memory();
        topic.add(command("lost", Verb.RESUME));
        takeAll();

        assertThat(kept)
                .isEqualTo(new LoopMemory.Orders(
                        "t",
                        3,
                        0.5,
                        false,
                        List.of(LoopMemory.Answered.applied("a", 7), LoopMemory.Answered.applied("rate", 7))));
        job.to(new JobState.Paused(new JobState.Learning()));
        job.forgetAnswers();
        restart(kept);
        topic.add(command("a", Verb.PAUSE));
        topic.add(command("lost", Verb.RESUME));
        takeAll();
        assertThat(job.answers()).containsExactly("a refused already applied at step 7", "lost applied resume");
    }

    @Test
    void anOrderedExportIsRememberedUntilItIsDone() throws Exception {
        job.to(new JobState.Settling());
        topic.add(command("a", Verb.EXPORT));
        takeAll();

        assertThat(orders.freeze().memory().exportOrdered()).isTrue();
        restart(orders.freeze().memory());
        assertThat(orders.isExportOrdered()).isTrue();
        orders.exported();
        assertThat(orders.freeze().memory().exportOrdered()).isFalse();
    }

    @Test
    void theNewestThousandIdsAreRemembered() throws Exception {
        for (int i = 0; i <= OrderBook.REMEMBERED; i++) {
            topic.add(command("id-" + i, Verb.CHECKPOINT));
            orders.take(Duration.ZERO);
        }

        List<LoopMemory.Answered> kept = orders.freeze().memory().answered();
        assertThat(kept).hasSize(OrderBook.REMEMBERED);
        assertThat(kept.getFirst().id()).isEqualTo("id-1");
        assertThat(kept.getLast().id()).isEqualTo("id-" + OrderBook.REMEMBERED);
    }

    @Test
    void whatWaitsWhenTheLoopEndsIsRefused() throws Exception {
        CompletableFuture<CommandResult> waiting = mailbox.submit(command("a", Verb.PAUSE));

        orders.close("the service stops");
        takeAll();

        assertThat(waiting).isCompletedWithValue(new CommandResult.Refused("the service stops"));
        assertThat(job.answers()).isEmpty();
    }

    private static void commit(Orders.Frozen cut) {
        cut.answers().forEach(Answer::give);
    }

    private static Command command(String id, Verb verb) {
        return verb == Verb.SET_LEARNING_RATE
                ? new Command(id, verb, Map.of(Command.LEARNING_RATE, Scalar.of(0.5)), Validity.ALWAYS)
                : Command.of(id, verb);
    }
}
