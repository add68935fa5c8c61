package dev.finecomb.bench;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** The service and its trainer alone, turn and turn about, under one load. */
final class StreamRounds {
    private static final List<String> VIRTUAL_MACHINE = List.of("-Xmx1g", "-XX:+UseG1GC");
    /** Both: code has to be compiled. */
    private static final int WARM_SECONDS = 30;
    /** Of the service after each standstill. */
    private static final Duration RESUMED = Duration.ofSeconds(1);
    /** Input for this much more than the trainer alone could eat. */
    private static final double SPARE = 1.3;

    private static final int DISTINCT_RECORDS = 64;

    private final Load load;
    private final Job job;
    private final Broker broker;
    private final Progress progress;

    StreamRounds(Load load, Job job, Broker broker, Progress progress) {
        this.load = load;
        this.job = job;
        this.broker = broker;
        this.progress = progress;
    }

    /** Steps a second, and milliseconds of processor time that each took. */
    private record Turn(double rate, double cpuMillis) {
        @Override
        public String toString() {
            return Figures.text(rate, 2) + " steps/s at " + Figures.text(cpuMillis, 1) + " ms of processor time";
        }
    }

    /** A stretch of time in which the service ran and the trainer alone did not; {@code cpu} of the broker, too. */
    private record Stretch(Instant begin, Instant end, Duration cpu) {
        Turn turn(List<Committed> metrics) {
            List<Instant> times = metrics.stream()
                    .map(Committed::time)
                    .filter(time -> time.isAfter(begin) && time.isBefore(end))
                    .toList();
            Duration span = Duration.between(times.getFirst(), times.getLast());
            return new Turn((times.size() - 1) * 1e9 / span.toNanos(), cpu.toNanos() / 1e6 / times.size());
        }
    }

    Row row(int rounds) throws IOException, InterruptedException {
        List<Stretch> stretches = new ArrayList<>();
        List<Turn> turns = new ArrayList<>();
        try (JavaProcess trainer = trainer()) {
            double expected = turn(trainer, WARM_SECONDS).rate();
            try (Service service = Service.start(job, VIRTUAL_MACHINE);
                    var feeder = new Feeder(job, records())) {
                service.awaitOwner();
                feeder.fill(needed(expected, 0, WARM_SECONDS + 5));
                Thread.sleep(Duration.ofSeconds(WARM_SECONDS));
                for (int round = 0; round < rounds; round++) {
                    long steps = service.steps();
                    service.process().suspend();
                    turns.add(turn(trainer, load.seconds()));
                    feeder.fill(needed(turns.getLast().rate(), steps, load.seconds() + 3));
                    service.process().resume();
                    stretches.add(stretch(service));
                }
                service.stop();
            }
        }
        return row(stretches, turns);
    }

    private Row row(List<Stretch> stretches, List<Turn> turns) {
        List<Committed> metrics = Committed.of(job, job.topics().metrics());
        List<Double> ratios = new ArrayList<>();
        List<Double> cpuRatios = new ArrayList<>();
        for (int round = 0; round < turns.size(); round++) {
            Turn streamed = stretches.get(round).turn(metrics);
            Turn alone = turns.get(round);
            ratios.add(streamed.rate() / alone.rate());
            cpuRatios.add(alone.cpuMillis() / streamed.cpuMillis());
            progress.note(load.id() + ": streamed " + streamed + ", from memory " + alone);
        }
        double samples = Figures.median(turns.stream().map(Turn::rate).toList()) * load.stepSamples();
        return new Row(
                "stream-efficiency-" + load.id(),
                Figures.median(ratios),
                "ratio",
                "the trainer alone, fed from memory: " + Figures.text(samples, 0)
                        + " samples/s; by the processor time of"
                        + " all processes, the broker's too, it is " + Figures.text(Figures.median(cpuRatios), 3) + "; "
                        + load.words());
    }

    private LongFunction<byte[]> records() {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < DISTINCT_RECORDS; i++) {
            records.add(load.record(i));
        }
        return number -> records.get((int) (number % DISTINCT_RECORDS));
    }

    private Stretch stretch(Service service) throws InterruptedException {
        Thread.sleep(RESUMED);
        Instant begin = Instant.now();
        Duration before = service.process().cpu().plus(broker.process().cpu());
        Thread.sleep(Duration.ofSeconds(load.seconds()));
        Duration after = service.process().cpu().plus(broker.process().cpu());
        return new Stretch(begin, Instant.now(), after.minus(before));
    }

    /** How many the topic has to hold for so many seconds after so many steps. */
    private long needed(double rate, long steps, int seconds) {
        double all = steps + rate * seconds * SPARE;
        return (long) Math.ceil(all * load.stepSamples() / load.recordSamples());
    }

    private JavaProcess trainer() throws IOException {
        List<String> arguments = new ArrayList<>(VIRTUAL_MACHINE);
        arguments.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                BareTrainer.class.getName(),
                job.write().toString(),
                load.id()));
        JavaProcess process = JavaProcess.talkingTo(arguments, job.directory().resolve("trainer.log"));
        process.awaitLine("READY");
        return process;
    }

    /** Lets the trainer alone run. */
    private static Turn turn(JavaProcess trainer, int seconds) throws IOException {
        Duration before = trainer.cpu();
        trainer.say("run " + seconds);
        String[] ran = trainer.awaitLine("RAN").split(" ", 2);
        long steps = Long.parseLong(ran[0]);
        return new Turn(
                steps * 1e9 / Long.parseLong(ran[1]),
                trainer.cpu().minus(before).toNanos() / 1e6 / steps);
    }
}
