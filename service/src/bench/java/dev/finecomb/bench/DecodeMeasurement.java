package dev.finecomb.bench;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@link DecodeBenchmark} by JMH, in processes of its own. */
final class DecodeMeasurement implements Measurement {
    private final boolean quick;

    DecodeMeasurement(Settings settings) {
        this.quick = settings.quick();
    }

    @Override
    public String name() {
        return "decode";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        return List.of(
                row("decode-share-of-copy", 8 << 20, progress), row("decode-share-of-copy-100k", 100 << 10, progress));
    }

    private Row row(String id, int bytes, Progress progress) throws Exception {
        double decode = millis("decode", bytes);
        progress.note("decoded " + bytes + " bytes");
        double copy = millis("copy", bytes);
        progress.note("copied " + bytes + " bytes");
        String baseline = String.format(
                Locale.ROOT,
                "decoding %.2f GB/s, a memory copy of the same %d bytes %.2f GB/s (JMH, medians)",
                bytes / decode / 1e6,
                bytes,
                bytes / copy / 1e6);
        return new Row(id, copy / decode, "ratio", baseline);
    }

    /** The median time of one call. */
    private double millis(String method, int bytes) throws Exception {
        Options options = new OptionsBuilder()
                .include(DecodeBenchmark.class.getName().replace(".", "\\.") + "\\." + method + "$")
                .param("bytes", Integer.toString(bytes))
                .forks(quick ? 1 : 3)
                .warmupIterations(quick ? 3 : 5)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        return results.iterator().next().getPrimaryResult().getStatistics().getPercentile(50);
    }
}
