package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommandMailboxTest {

    private final CommandMailbox mailbox = new CommandMailbox(2);

    @Test
    void commandsAreTakenInOrderAndAnswered() {
        CompletableFuture<CommandResult> pause = mailbox.submit("a", new Command.Pause());
        CompletableFuture<CommandResult> export = mailbox.submit("b", new Command.Export());

        List<PendingCommand> taken = mailbox.drain();

        assertThat(taken).extracting(PendingCommand::id).containsExactly("a", "b");
        assertThat(taken)
                .extracting(PendingCommand::command)
                .containsExactly(new Command.Pause(), new Command.Export());
        assertThat(pause).isNotDone();
        taken.getFirst().applied(7);
        taken.getLast().refused("masks are not final");
        assertThat(pause).isCompletedWithValue(new CommandResult.Applied(7));
        assertThat(export).isCompletedWithValue(new CommandResult.Refused("masks are not final"));
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void aFullMailboxRefusesAtOnce() {
        assertThat(mailbox.submit("a", new Command.Pause())).isNotDone();
        assertThat(mailbox.submit("b", new Command.Resume())).isNotDone();

        assertThat(mailbox.submit("c", new Command.Stop()))
                .isCompletedWithValueMatching(CommandResult.Refused.class::isInstance);
        assertThat(mailbox.drain()).hasSize(2);
    }

    @Test
    void aClosedMailboxRefusesWhatWaitsAndWhatComes() {
        CompletableFuture<CommandResult> waiting = mailbox.submit("a", new Command.Checkpoint());

        mailbox.close("the job is ending");

        CommandResult refused = new CommandResult.Refused("the job is ending");
        assertThat(waiting).isCompletedWithValue(refused);
        assertThat(mailbox.submit("b", new Command.Pause())).isCompletedWithValue(refused);
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void aLoopThatHasNothingElseToDoWaitsForTheNextCommand() throws InterruptedException {
        assertThat(mailbox.await(Duration.ZERO)).isEmpty();
        Thread sender = Thread.ofPlatform().start(() -> {
            var _ = mailbox.submit("a", new Command.Resume());
        });

        assertThat(mailbox.await(Duration.ofSeconds(10)))
                .hasValueSatisfying(pending -> assertThat(pending.command()).isEqualTo(new Command.Resume()));
        sender.join();
    }

    @Test
    void everyVerbNamesItsCommand() {
        assertThat(Command.all())
                .allSatisfy(command -> assertThat(Command.of(command.verb())).contains(command));
        assertThat(Command.of("dance")).isEmpty();
    }
}
