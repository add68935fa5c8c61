package dev.finecomb.control;

import dev.finecomb.protocol.message.Command;
import java.util.concurrent.CompletableFuture;

/** A command that waits for the loop, and the way to answer whoever gave it. The first answer counts. */
public final class PendingCommand {

    private final Command command;
    private final CompletableFuture<CommandResult> answer = new CompletableFuture<>();

    PendingCommand(Command command) {
        this.command = command;
    }

    /** What is ordered. */
    public Command command() {
        return command;
    }

    /** Answers that it took effect. */
    public void applied(long step) {
        answer.complete(new CommandResult.Applied(step));
    }

    /** Answers that it did not. */
    public void refused(String reason) {
        answer.complete(new CommandResult.Refused(reason));
    }

    CompletableFuture<CommandResult> answer() {
        return answer;
    }
}
