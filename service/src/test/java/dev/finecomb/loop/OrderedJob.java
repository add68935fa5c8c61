package dev.finecomb.loop;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.publish.EventNumbers;
import dev.finecomb.publish.Outbox;
import dev.finecomb.publish.OutputRecord;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.TrainerSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A job that orders are tried on: a state, a trainer that stands at step 7, and everything that was said. */
final class OrderedJob implements Obedience.Job {
    static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    static final String INCARNATION = "i-1";

    private final InstantSource clock = InstantSource.fixed(NOW);
    private final Topics topics = new Topics("finecomb", "ordered");
    private final Outbox outbox = new Outbox(topics, clock, EventNumbers.NONE);
    private final Announcer announcer =
            new Announcer(new Origin("ordered", INCARNATION, 0), Pattern.parse("2:4"), outbox, Optional.empty(), clock);
    private final StandingTrainer trainer = new StandingTrainer();
    private final List<JobEvent> events = new ArrayList<>();
    private JobState state = new JobState.Learning();
    private boolean cutDue;
    private boolean stopped;

    /** Orders to this job, which remembers those of the memory. */
    Orders orders(OrderSources sources, LoopMemory memory) {
        return new Orders(sources, trainer, Host.system(clock), announcer, memory.orders(), this);
    }

    StandingTrainer trainer() {
        return trainer;
    }

    @Override
    public JobState state() {
        return state;
    }

    @Override
    public void to(JobState next) {
        state = next;
    }

    @Override
    public void cutSoon() {
        cutDue = true;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    boolean isCutDue() {
        return cutDue;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Every answer in the events since {@link #forgetAnswers()}, in words: id, outcome, verb or reason. */
    List<String> answers() {
        collect();
        List<String> answers = new ArrayList<>();
        for (JobEvent event : events) {
            if (event.kind() == EventKind.COMMAND_APPLIED) {
                answers.add(detail(event, "commandId") + " applied " + detail(event, "verb"));
            } else if (event.kind() == EventKind.COMMAND_REFUSED) {
                answers.add(detail(event, "commandId") + " refused " + detail(event, "reason"));
            }
        }
        return answers;
    }

    /** Mask snapshots published. */
    long snapshots() {
        collect();
        return events.stream()
                .filter(event -> event.kind() == EventKind.SNAPSHOT_PUBLISHED)
                .count();
    }

    void forgetAnswers() {
        collect();
        events.clear();
    }

    private void collect() {
        for (OutputRecord record : outbox.seal()) {
            if (record.topic().equals(topics.events())) {
                try {
                    events.add(JobEvent.decode(record.value().orElseThrow()));
                } catch (MalformedMessageException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private static String detail(JobEvent event, String name) {
        return event.details().get(name) instanceof Scalar.Text(String text) ? text : "?";
    }

    /** A trainer that only stands there. */
    static final class StandingTrainer extends UnprunedTrainer {
        private static final SparseLayer LAYER = new SparseLayer("fc.weight", new GroupedLayout(List.of(2L, 8L), 4));

        private double baseRate;

        StandingTrainer() {
            super(LAYER);
        }

        double baseRate() {
            return baseRate;
        }

        @Override
        public void setBaseRate(double base) {
            if (base > 1e10) {
                throw new IllegalArgumentException("too large");
            }
            baseRate = base;
        }

        @Override
        public long step() {
            return 7;
        }

        @Override
        public long samples() {
            return 448;
        }

        @Override
        public StepResult step(TrainingBatch batch) {
            throw new UnsupportedOperationException("nothing is trained here");
        }

        @Override
        public TrainerSnapshot snapshot() {
            return new TrainerSnapshot(step(), samples(), List.of());
        }

        @Override
        public void restore(TrainerSnapshot snapshot) {
            throw new UnsupportedOperationException("nothing is restored here");
        }

        @Override
        public String device() {
            return "cpu";
        }
    }
}
