package dev.finecomb.cli;

import dev.finecomb.cli.SampleOptions.Source;
import dev.finecomb.feed.UnreadableFileException;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.batch.Decoded;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import java.util.List;
import java.util.Map;

/** The records that files of samples become, in order: cut and encoded one at a time, as often as they are asked for. */
final class Batches {
    private final List<Source> sources;

    Batches(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /**
     * How much it is.
     *
     * @param largest bytes of the largest record's value
     */
    record Size(long records, long samples, long bytes, int largest) {
        private Size and(long more, int length) {
            return new Size(records + 1, samples + more, bytes + length, Math.max(largest, length));
        }
    }

    /** Takes one record's value; returns whether it wants another. */
    @FunctionalInterface
    interface Reader {
        boolean take(byte[] value) throws CommandFailure, InterruptedException;
    }

    /** Hands over every record's value, until the reader wants no more; returns whether it always did. */
    boolean each(Reader reader) throws CommandFailure, InterruptedException {
        for (Source source : sources) {
            long count = source.samples().count();
            for (long from = 0; from < count; from += source.batchSize()) {
                if (!reader.take(value(source, from))) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Holds every record against what the service would accept. All have the sample shapes of the first: a network takes no
     * others.
     *
     * @throws CommandFailure for the first record that would be refused, in the words that its dead letter would have
     */
    Size check(BatchSchema schema) throws CommandFailure {
        Size size = new Size(0, 0, 0, 0);
        BatchDecoder decoder = new BatchDecoder(schema);
        for (Source source : sources) {
            long count = source.samples().count();
            if (count == 0) {
                throw refused(
                        source,
                        0,
                        new Decoded.Refused(RejectReason.EMPTY, "it holds no samples; at least one is expected"));
            }
            for (long from = 0; from < count; from += source.batchSize()) {
                byte[] value = value(source, from);
                switch (decoder.decode(BatchEncoder.CONTENT_TYPE, value)) {
                    case Decoded.Accepted(var batch) -> {
                        size = size.and(batch.samples(), value.length);
                        decoder = new BatchDecoder(decoder.schema().pinnedTo(batch));
                    }
                    case Decoded.Refused refusal -> throw refused(source, from, refusal);
                }
            }
        }
        return size;
    }

    private static byte[] value(Source source, long from) throws CommandFailure {
        try {
            long samples = Math.min(source.batchSize(), source.samples().count() - from);
            return SafetensorsWriter.toBytes(source.samples().cut(from, samples), Map.of());
        } catch (UnreadableFileException | IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }

    private static CommandFailure refused(Source source, long from, Decoded.Refused refusal) {
        long last = Math.min(from + source.batchSize(), source.samples().count());
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                source.samples().file() + ", samples " + (from + 1) + " to " + last
                        + ": the service would refuse this record as " + refusal.reason() + ": " + refusal.detail()
                        + ". Nothing was sent.");
    }
}
