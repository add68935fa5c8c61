package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Verb;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommandMailboxTest {

    private final CommandMailbox mailbox = new CommandMailbox(2);

    @Test
    void commandsAreTakenInOrderAndAnswered() {
        CompletableFuture<CommandResult> pause = mailbox.submit(Command.of("a", Verb.PAUSE));
        CompletableFuture<CommandResult> export = mailbox.submit(Command.of("b", Verb.EXPORT));

        List<PendingCommand> taken = mailbox.drain();

        assertThat(taken)
                .extracting(PendingCommand::command)
                .containsExactly(Command.of("a", Verb.PAUSE), Command.of("b", Verb.EXPORT));
        assertThat(pause).isNotDone();
        taken.getFirst().applied(7);
        taken.getLast().refused("masks are not final");
        assertThat(pause).isCompletedWithValue(new CommandResult.Applied(7));
        assertThat(export).isCompletedWithValue(new CommandResult.Refused("masks are not final"));
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void aFullMailboxRefusesAtOnce() {
        assertThat(mailbox.submit(Command.of("a", Verb.PAUSE))).isNotDone();
        assertThat(mailbox.submit(Command.of("b", Verb.RESUME))).isNotDone();

        assertThat(mailbox.submit(Command.of("c", Verb.STOP)))
                .isCompletedWithValueMatching(CommandResult.Refused.class::isInstance);
        assertThat(mailbox.drain()).hasSize(2);
    }

    @Test
    void aClosedMailboxRefusesWhatWaitsAndWhatComes() {
        CompletableFuture<CommandResult> waiting = mailbox.submit(Command.of("a", Verb.CHECKPOINT));

        mailbox.close("the job is ending");

        CommandResult refused = new CommandResult.Refused("the job is ending");
        assertThat(waiting).isCompletedWithValue(refused);
        assertThat(mailbox.submit(Command.of("b", Verb.PAUSE))).isCompletedWithValue(refused);
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void aLoopThatHasNothingElseToDoWaitsForTheNextCommand() throws InterruptedException {
        assertThat(mailbox.await(Duration.ZERO)).isEmpty();
        Thread sender = Thread.ofPlatform().start(() -> {
            var _ = mailbox.submit(Command.of("a", Verb.RESUME));
        });

        assertThat(mailbox.await(Duration.ofSeconds(10)))
                .hasValueSatisfying(pending -> assertThat(pending.command()).isEqualTo(Command.of("a", Verb.RESUME)));
        sender.join();
    }
}
