package dev.finecomb.bench;

import dev.finecomb.demo.DigitsInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the start of the process to its first step: a new job, whose input is in its topic already. */
public final class StartToFirstStep implements Measurement {
    private static final Pattern FIRST_STEP = Pattern.compile("first step began (\\d+\\.\\d+) s after the process");
    private static final int RECORDS = 20;

    private final Path directory;
    private final int rounds;

    /** @param directory takes the broker's data and the jobs' */
    public StartToFirstStep(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    /** The start of a virtual machine alone. */
    static final class Nothing {
        private Nothing() {}

        public static void main(String[] arguments) {
            System.out.println("HERE now");
        }
    }

    @Override
    public String name() {
        return "start-to-first-step";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path model = Scratch.emptied(directory).resolve("digits-cnn.pt");
        DigitsInput.copyModel(model);
        Path archive = directory.resolve("finecomb.jsa");
        List<Double> plain = new ArrayList<>();
        List<Double> archived = new ArrayList<>();
        List<Double> nothing = new ArrayList<>();
        try (Broker broker = Broker.start(directory.resolve("broker"))) {
            String shared = "-XX:SharedArchiveFile=" + archive;
            // Makes the archive, at its end.
            start(broker, "archiving", model, List.of("-XX:+AutoCreateSharedArchive", shared, "-Xlog:cds=error"));
            for (int round = 0; round < rounds; round++) {
                nothing.add(emptyMain());
                plain.add(start(broker, "plain-" + round, model, List.of()));
                archived.add(start(broker, "archived-" + round, model, List.of(shared)));
                progress.note("seconds: plain " + plain.getLast() + ", with a class archive " + archived.getLast()
                        + ", an empty main " + Figures.text(nothing.getLast(), 2));
            }
        }
        String baseline = "start of a virtual machine with an empty main: " + Figures.text(Figures.median(nothing), 2)
                + " s; the demo's model, a new job, its topics made and filled";
        return List.of(
                new Row("start-to-first-step", Figures.median(plain), "s", baseline),
                new Row(
                        "start-to-first-step-with-class-archive",
                        Figures.median(archived),
                        "s",
                        baseline + "; an archive of the classes was made before"));
    }

    private double start(Broker broker, String name, Path model, List<String> virtualMachine) throws Exception {
        Job job = Job.of(broker.bootstrapServers(), name, model, directory, Map.of());
        List<byte[]> records = DigitsInput.records(RECORDS);
        Topic.create(job, job.topics().batches());
        try (var feeder = new Feeder(job, number -> records.get((int) number))) {
            feeder.fill(records.size());
        }
        try (Service service = Service.start(job, virtualMachine)) {
            service.awaitSteps(RECORDS);
            service.stop();
            return told(service.process().log());
        }
    }

    private static double told(String log) throws IOException {
        Matcher told = FIRST_STEP.matcher(log);
        if (!told.find()) {
            throw new IOException("the service does not say when its first step began:\n" + log);
        }
        return Double.parseDouble(told.group(1));
    }

    private double emptyMain() throws IOException {
        long begin = System.nanoTime();
        try (JavaProcess process = JavaProcess.talkingTo(
                List.of("-cp", System.getProperty("java.class.path"), Nothing.class.getName()),
                directory.resolve("nothing.log"))) {
            process.awaitLine("HERE");
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
