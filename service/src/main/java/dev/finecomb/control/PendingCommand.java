package dev.finecomb.control;

import java.util.concurrent.CompletableFuture;

/** A command that waits for the loop, and the way to answer whoever gave it. The first answer counts. */
public final class PendingCommand {

    private final String id;
    private final Command command;
    private final CompletableFuture<CommandResult> answer = new CompletableFuture<>();

    PendingCommand(String id, Command command) {
        this.id = id;
        this.command = command;
    }

    /** The id under which it appears in the events. */
    public String id() {
        return id;
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
