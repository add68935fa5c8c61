package dev.finecomb.loop;

import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.Judging;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.loop.SimRequest.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/** Reads stable offsets, then the newest committed manifest; what they mean the service's own judge says. */
final class SimReader implements JobStart.CommittedReader {
    private final SimWorld world;
    private final SimProcess process;

    SimReader(SimWorld world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    @Override
    public CommittedState read() throws InterruptedException, RestartLaterException {
        Map<Integer, OffsetAndMetadata> offsets = ask("list offsets", world.broker::stableOffsets);
        Optional<byte[]> manifest = ask(
                "scan manifests",
                () -> world.broker.hidesManifest() ? Optional.empty() : Optional.of(world.broker.newestManifest()));
        return Judging.judge(SimPlan.KAFKA, offsets, manifest);
    }

    private <T> T ask(String what, Supplier<Optional<T>> question) throws InterruptedException, RestartLaterException {
        var found = new AtomicReference<Optional<T>>(Optional.empty());
        Supplier<Answer> effect = () -> {
            found.set(question.get());
            return found.get().isPresent() ? new Answer.Done(0) : new Answer.NotYet();
        };
        SimRequest request = world.network.send(process, what, effect, true);
        boolean answered = world.await(what, request::isAnswered, SimPlan.TRANSACTION_TIMEOUT.toNanos());
        world.throwIfInterrupted();
        if (!answered) {
            throw new RestartLaterException("no answer to " + what);
        }
        return found.get().orElseThrow();
    }
}
