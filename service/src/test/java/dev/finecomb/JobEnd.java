package dev.finecomb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.ledger.Ledger;
import dev.finecomb.ledger.LedgerReport;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.StepMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a finished job has left behind, held against the promises. */
public final class JobEnd {
    private static final List<String> EXPORTED = List.of("model.safetensors", "mask.safetensors", "model.pt");

    private JobEnd() {}

    /** The two export directories hold the same model, to the byte. */
    public static void requireSameModel(Path calmExport, Path export) {
        for (String file : EXPORTED) {
            assertThat(export.resolve(file)).as(file).hasSameBinaryContentAs(calmExport.resolve(file));
        }
    }

    /** Each step is there once, and the ledger, which reads all of the job's topics, finds nothing wrong. */
    public static void requireCleanLedger(String bootstrapServers, String job, long steps) throws Exception {
        requireEachStepOnce(bootstrapServers, job, steps);
        LedgerReport report = Ledger.audit(
                Map.of("bootstrap.servers", bootstrapServers), new Topics("finecomb", job), Duration.ofSeconds(60));
        assertThat(report.holds()).as("%s", report).isTrue();
    }

    /** Whoever reads committed records only sees the metrics of steps 1 to {@code steps}, each once, in order. */
    public static void requireEachStepOnce(String bootstrapServers, String job, long steps) throws Exception {
        List<Long> seen = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TopicReader.readCommitted(bootstrapServers, "finecomb." + job + ".metrics")) {
            seen.add(StepMetrics.decode(record.value()).origin().step());
        }
        assertThat(seen)
                .as("steps of %s", job)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, steps).boxed().toList());
    }
}
