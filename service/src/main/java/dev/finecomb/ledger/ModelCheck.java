package dev.finecomb.ledger;

import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** The announced model is the one of the last {@code finalized} event, and its files, where they are in reach, as digested. */
final class ModelCheck {
    private static final String NAME = "model";

    private final ModelFiles files;
    private final Violations violations = new Violations();
    private Optional<Announced> newest = Optional.empty();

    private record Announced(String where, FinishedModel model) {}

    ModelCheck(ModelFiles files) {
        this.files = files;
    }

    void accept(LedgerRecord record, FinishedModel model) {
        newest = Optional.of(new Announced(record.where(), model));
    }

    /** @param eventsTrimmed whether older events are deleted already */
    Finding finding(Optional<JobEvent> finalized, Standing standing, boolean eventsTrimmed) {
        if (finalized.isEmpty() && newest.isEmpty()) {
            return Finding.skipped(NAME, "no model was announced");
        }
        if (standing.moved()) {
            return Finding.skipped(NAME, "the job committed while it was read; read it again when it rests");
        }
        if (finalized.isPresent() && newest.isPresent()) {
            requireSame(finalized.get(), newest.get());
        } else if (newest.isEmpty()) {
            violations.add("a \"finalized\" event tells of a model that was not announced");
        } else if (!eventsTrimmed && isOfNewest(newest.get().model(), standing)) {
            violations.add(newest.get().where() + " announces a model, but no \"finalized\" event does");
        }
        return newest.isEmpty()
                ? violations.finding(NAME, "no model")
                : looked(newest.get().model());
    }

    private Finding looked(FinishedModel model) {
        Optional<String> unread = files.at(model.location())
                .map(reader -> compare(model, reader))
                .orElseGet(() -> Optional.of(model.location() + " is not in reach from here"));
        if (unread.isPresent() && violations.isEmpty()) {
            return Finding.skipped(NAME, unread.get());
        }
        String files = unread.orElse(model.files().size() + " files digested");
        return violations.finding(
                NAME, "model of step " + model.origin().step() + " at " + model.location() + ", " + files);
    }

    private static boolean isOfNewest(FinishedModel model, Standing standing) {
        return standing.pointerAfter()
                .filter(pointer ->
                        pointer.origin().incarnation().equals(model.origin().incarnation()))
                .isPresent();
    }

    private void requireSame(JobEvent event, Announced announced) {
        FinishedModel model = announced.model();
        if (!event.origin().equals(model.origin())) {
            violations.add(announced.where() + " announces the model of " + model.origin() + ", the last finalized is "
                    + event.origin());
        }
        requireDetail(announced, event, "location", model.location());
        requireDetail(announced, event, "sha256", model.files().getFirst().sha256());
    }

    private void requireDetail(Announced announced, JobEvent event, String name, String expected) {
        Scalar told = event.details().get(name);
        if (told != null && !told.equals(Scalar.of(expected))) {
            violations.add(announced.where() + " has " + name + " " + expected + ", the last finalized event " + told);
        }
    }

    /** Holds the files against their announcement; why they can't be read, if they can't. */
    private Optional<String> compare(FinishedModel model, ModelFiles.Reader reader) {
        String place = model.location().endsWith("/") ? model.location() : model.location() + "/";
        for (FileEntry file : model.files()) {
            try {
                String found = reader.sha256(file.name());
                if (!found.equals(file.sha256())) {
                    violations.add(place + file.name() + " has SHA-256 " + found + ", announced was " + file.sha256());
                }
            } catch (NoSuchFileException missing) {
                violations.add(place + file.name() + " is missing");
            } catch (IOException unreadable) {
                return Optional.of(place + file.name() + " can't be read: " + unreadable.getMessage());
            }
        }
        return Optional.empty();
    }
}
