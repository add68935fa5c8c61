package dev.finecomb.telemetry;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.status.StatusBoard;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.Arrays;

/** Makes the meters with a counter for every reason that a record can be refused for. */
@Factory
final class TelemetryFactory {

    @Singleton
    JobMeters jobMeters(StatusBoard board) {
        return new JobMeters(
                board, Arrays.stream(RejectReason.values()).map(Enum::name).toList());
    }
}
