package dev.finecomb.app;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.control.OrderGate;
import dev.finecomb.status.Boards;
import dev.finecomb.status.History;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.MaskBoard;
import dev.finecomb.status.StatusBoard;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.server.HttpServerConfiguration;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the job and its observers share: the boards that the job writes, the mailbox that it empties, and the clock. */
@Factory
final class SharedBeans {

    private static final int MAILBOX_CAPACITY = 64;

    @Primary
    @Singleton
    InstantSource clock() {
        return Clock.systemUTC();
    }

    @Singleton
    StatusBoard statusBoard(InstantSource clock) {
        return new StatusBoard(JobStatus.starting(new JobIdentity("", "", "", "", "", ""), clock.instant()));
    }

    @Singleton
    Boards boards(StatusBoard status) {
        return Boards.around(status);
    }

    @Singleton
    History history(Boards boards) {
        return boards.history();
    }

    @Singleton
    MaskBoard maskBoard(Boards boards) {
        return boards.masks();
    }

    @Singleton
    OrderGate orderGate(@Nullable FinecombConfig config, HttpServerConfiguration server) {
        Optional<String> token =
                Optional.ofNullable(config).flatMap(given -> given.control().token());
        return new OrderGate(token, server.getHost().orElse(""));
    }

    @Singleton
    CommandMailbox commandMailbox() {
        return new CommandMailbox(MAILBOX_CAPACITY);
    }
}
