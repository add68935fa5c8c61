package dev.finecomb.control;

import java.util.List;
import java.util.Optional;

/** An order to the job, applied between two steps. */
public sealed interface Command {

    /** The word that gives the order. */
    String verb();

    /** Stop training between two steps, stay up. */
    record Pause() implements Command {
        @Override
        public String verb() {
            return "pause";
        }
    }

    /** Go on after a pause. */
    record Resume() implements Command {
        @Override
        public String verb() {
            return "resume";
        }
    }

    /** Make a cut now and commit it. */
    record Checkpoint() implements Command {
        @Override
        public String verb() {
            return "checkpoint";
        }
    }

    /** Write and prove the model as it is, once its masks are final. */
    record Export() implements Command {
        @Override
        public String verb() {
            return "export";
        }
    }

    /** Make a cut, commit it and end with exit code 0. */
    record Stop() implements Command {
        @Override
        public String verb() {
            return "stop";
        }
    }

    /** Every command there is. */
    static List<Command> all() {
        return List.of(new Pause(), new Resume(), new Checkpoint(), new Export(), new Stop());
    }

    /** The command of a verb, if the verb is one. */
    static Optional<Command> of(String verb) {
        return all().stream().filter(command -> command.verb().equals(verb)).findFirst();
    }
}
