package dev.finecomb.loop;

import dev.finecomb.control.CommandResult;
import dev.finecomb.control.PendingCommand;
import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.loop.LoopMemory.Answered;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.training.Trainer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes orders, from HTTP and from the commands topic, one after another between two steps, and has each valid one obeyed
 * once. Every record of the topic and every new order by HTTP gets one answer in the events, in the same cut as its effect;
 * who gave an order by HTTP is told that it was applied when that cut is committed. Belongs to the training thread.
 */
final class Orders {
    private final OrderSources sources;
    private final Host host;
    private final Trainer trainer;
    private final Announcer announcer;
    private final Obedience.Job job;
    private final OrderBook book;
    private final Obedience obedience;
    private List<Answer> owed = new ArrayList<>();

    /** What a cut keeps of the orders, and whom to tell when it is committed. */
    record Frozen(LoopMemory.Orders memory, List<Answer> answers) {}

    /** @param memory of the cut that the loop begins at */
    Orders(
            OrderSources sources,
            Trainer trainer,
            Host host,
            Announcer announcer,
            LoopMemory.Orders memory,
            Obedience.Job job) {
        this.sources = sources;
        this.host = host;
        this.trainer = trainer;
        this.announcer = announcer;
        this.job = job;
        this.book = new OrderBook(memory);
        this.obedience = new Obedience(job, trainer, announcer, book);
    }

    /** Takes at most one order of each kind, waiting at most so long for one. */
    void take(Duration atMost) throws InterruptedException {
        Optional<CommandRecord> record = sources.topic().poll();
        record.ifPresent(this::read);
        Optional<PendingCommand> pending = sources.mailbox().await(record.isPresent() ? Duration.ZERO : atMost);
        pending.ifPresent(this::hear);
    }

    /** Whether an order to export is still to be carried out. */
    boolean isExportOrdered() {
        return book.isExportOrdered();
    }

    /** The model was exported; its announcement is in the outbox. */
    void exported() {
        book.setExportOrdered(false);
    }

    /** From now on nobody takes orders. */
    void close(String reason) {
        sources.mailbox().close(reason);
    }

    Frozen freeze() {
        List<Answer> answers = List.copyOf(owed);
        owed = new ArrayList<>();
        return new Frozen(book.memory(), answers);
    }

    private void read(CommandRecord record) {
        switch (record.content()) {
            case CommandRecord.Malformed(String name, String reason) -> refuse(name, "malformed: " + reason);
            case CommandRecord.Order(Command command) -> {
                Optional<Answered> before = book.find(command.id());
                before.ifPresentOrElse(known -> refuse(command.id(), known.inWords()), () -> decide(command));
            }
        }
        book.read(record);
    }

    private void hear(PendingCommand pending) {
        Command command = pending.command();
        Answered outcome = book.find(command.id()).orElseGet(() -> decide(command));
        if (outcome.refusal().isEmpty()) {
            owed.add(new Answer(pending, outcome.step()));
            // A repeat may be of an order that is not committed yet.
            job.cutSoon();
        } else {
            pending.refused(outcome.refusal());
        }
    }

    /** Has a new order obeyed or refuses it, and notes the outcome. */
    private Answered decide(Command command) {
        Answered outcome = switch (judge(command)) {
            case CommandResult.Applied(long step) -> {
                announcer.commandApplied(command, step);
                job.cutSoon();
                yield Answered.applied(command.id(), step);
            }
            case CommandResult.Refused(String reason) -> {
                refuse(command.id(), reason);
                yield new Answered(command.id(), trainer.step(), reason);
            }
        };
        book.note(outcome);
        return outcome;
    }

    private CommandResult judge(Command command) {
        Instant expiresAt = command.validity().expiresAt();
        if (command.validity().expiredAt(host.clock().instant())) {
            return new CommandResult.Refused("expired at " + expiresAt);
        }
        String incarnation = announcer.origin(0).incarnation();
        if (!command.validity().concerns(incarnation)) {
            return new CommandResult.Refused(
                    "for another incarnation: " + command.validity().incarnation() + ", the job's is " + incarnation);
        }
        return obedience.obey(command);
    }

    private void refuse(String commandId, String reason) {
        announcer.commandRefused(commandId, reason, trainer.step());
    }
}
