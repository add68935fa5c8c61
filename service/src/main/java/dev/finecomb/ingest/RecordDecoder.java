package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.Decoded;
import dev.finecomb.protocol.batch.RejectReason;

/** Makes a batch or a refusal of every record, whatever is in it. */
final class RecordDecoder {
    private static final byte[] NO_VALUE = new byte[0];

    private final BatchDecoder decoder;
    private final long maxRecordBytes;

    RecordDecoder(BatchDecoder decoder, long maxRecordBytes) {
        this.decoder = decoder;
        this.maxRecordBytes = maxRecordBytes;
    }

    Polled decode(SourceRecord record) {
        if (record.valueBytes() > maxRecordBytes) {
            String detail = "value of " + record.valueBytes() + " bytes exceeds the limit of " + maxRecordBytes
                    + "; send smaller batches or raise finecomb.ingest.max-record-bytes";
            return new Polled.Rejected(record.rejected(RecordDecoder.class, RejectReason.TOO_LARGE, detail));
        }
        return switch (decoder.decode(record.contentType(), record.value().orElse(NO_VALUE))) {
            case Decoded.Accepted(var batch) -> new Polled.Batch(batch, record);
            case Decoded.Refused(var reason, var detail) ->
                new Polled.Rejected(record.rejected(BatchDecoder.class, reason, detail));
        };
    }
}
