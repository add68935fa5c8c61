package dev.finecomb.loop;

import dev.finecomb.status.StateName;

/**
 * Where a job is in its life. Legal moves are methods on the state they leave.
 *
 * <pre>
 *   Restoring -> Learning -> Removing -> Settling -> Exporting -> Finalized
 *                   |           |           |  ^         |            |
 *                   +-----------+-----------+  +---------+------------+   (training on under the final masks)
 *                        Paused wraps any of these; Failed ends the process
 * </pre>
 */
public sealed interface JobState {

    /** The name that messages, meters and the status show. */
    StateName name();

    /** A state in which batches are trained on. */
    sealed interface Running extends JobState permits Learning, Removing, Settling {

        /** The state between two steps, from what the schedule has done so far. */
        static Running at(int combinations, int survivors, boolean removalComplete) {
            if (removalComplete) {
                return new Settling();
            }
            return survivors < combinations ? new Removing() : new Learning();
        }

        /** A command halts the job between two steps. */
        default Paused pause() {
            return new Paused(this);
        }
    }

    /** Finding out where the job stands. */
    record Restoring() implements JobState {
        @Override
        public StateName name() {
            return StateName.RESTORING;
        }

        /** The job goes on where its checkpoint was made. */
        public Running begin(Running where) {
            return where;
        }

        /** The job was finished before this process started. */
        public Finalized alreadyFinalized() {
            return new Finalized();
        }
    }

    /** All combinations are alive. */
    record Learning() implements Running {
        @Override
        public StateName name() {
            return StateName.LEARNING;
        }
    }

    /** Combinations are being removed. */
    record Removing() implements Running {
        @Override
        public StateName name() {
            return StateName.REMOVING;
        }
    }

    /** The masks are final, the weights still learn. */
    record Settling() implements Running {
        @Override
        public StateName name() {
            return StateName.SETTLING;
        }

        /** The model is finished, or asked for. */
        public Exporting export() {
            return new Exporting();
        }
    }

    /** The model is being written and proven. */
    record Exporting() implements JobState {
        @Override
        public StateName name() {
            return StateName.EXPORTING;
        }

        /** It was asked for before the planned step: training goes on. */
        public Settling backToSettling() {
            return new Settling();
        }

        /** The model is proven and its announcement committed. */
        public Finalized finish() {
            return new Finalized();
        }
    }

    /** The model is announced. */
    record Finalized() implements JobState {
        @Override
        public StateName name() {
            return StateName.FINALIZED;
        }

        /** Training goes on under the final masks. */
        public Settling goOn() {
            return new Settling();
        }

        /** The model is written again. */
        public Exporting exportAgain() {
            return new Exporting();
        }
    }

    /** Halted by a command until another resumes it. */
    record Paused(Running halted) implements JobState {
        @Override
        public StateName name() {
            return StateName.PAUSED;
        }

        /** Goes on in the state it was halted in. */
        public Running resume() {
            return halted;
        }
    }

    /** The process ends. */
    record Failed(String cause) implements JobState {
        @Override
        public StateName name() {
            return StateName.FAILED;
        }
    }
}
