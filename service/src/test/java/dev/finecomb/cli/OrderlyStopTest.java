package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process that is told to stop ends with. */
@Timeout(30)
class OrderlyStopTest {
    private final StringWriter complaints = new StringWriter();
    private final Outcome outcome = new Outcome(new PrintWriter(complaints));
    private final List<String> codes = new CopyOnWriteArrayList<>();
    private final CountDownLatch told = new CountDownLatch(1);

    private OrderlyStop orderly(Duration patience) {
        return new OrderlyStop(
                told::countDown,
                outcome::code,
                outcome::tell,
                patience,
                code -> codes.add(code + complaints.toString()));
    }

    /** A signal comes, the command does what it has to and ends. */
    private void signal(Runnable command) throws InterruptedException {
        OrderlyStop orderly = orderly(Duration.ofSeconds(20));
        orderly.hook().start();
        assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(orderly.isAsked()).isTrue();
        command.run();
        assertThat(codes).isEmpty();
        orderly.finish();
        orderly.hook().join();
    }

    @Test
    void whatIsFinishedEndsWith0() throws Exception {
        signal(outcome::done);
        assertThat(codes).containsExactly("0");
    }

    @Test
    void whatWasCutShortEndsWith75() throws Exception {
        signal(() -> {});
        assertThat(codes).containsExactly("75");
    }

    @Test
    void aFailureIsToldBeforeTheProcessEndsWithItsCode() throws Exception {
        signal(() -> assertThat(outcome.failed(new CommandFailure(ExitCode.CONFIGURATION, "too large")))
                .hasMessage("too large"));
        assertThat(codes).containsExactly("78too large" + System.lineSeparator());
    }

    @Test
    void whoeverDoesNotEndInTimeIsLeftToTheVirtualMachine() throws Exception {
        OrderlyStop orderly = orderly(Duration.ofMillis(1));
        orderly.hook().start();
        orderly.hook().join();
        assertThat(codes).isEmpty();
    }

    @Test
    void withoutASignalNothingIsToldAndNothingHalts() {
        OrderlyStop orderly = orderly(Duration.ofSeconds(20));
        CommandFailure failure = outcome.failed(new CommandFailure(ExitCode.CONFIGURATION, "too large"));
        orderly.close();
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(orderly.isAsked()).isFalse();
        assertThat(codes).isEmpty();
        assertThat(complaints.toString()).isEmpty();
    }
}
