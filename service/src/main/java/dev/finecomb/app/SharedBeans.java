package dev.finecomb.app;

import dev.finecomb.control.CommandMailbox;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StatusBoard;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;

/** What the job and its observers share: the only two things that cross threads, and the clock. */
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
    CommandMailbox commandMailbox() {
        return new CommandMailbox(MAILBOX_CAPACITY);
    }
}
