package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.net.URL;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service's own logging does when somebody turns everything on. */
class LoggingTest {
    private final LoggerContext context = new LoggerContext();

    private Level levelOf(String logger) throws Exception {
        URL file = Objects.requireNonNull(LoggingTest.class.getResource("/logback.xml"));
        context.putProperty("LOG_LEVEL", "TRACE");
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(file);
        return context.getLogger(logger).getEffectiveLevel();
    }

    /** At DEBUG they write what a request carries: credentials, and whole objects. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.hc.client5.http.headers",
                "org.apache.hc.client5.http.wire",
                "software.amazon.awssdk.request",
                "software.amazon.awssdk.auth.signer.Aws4Signer",
                "io.micronaut.http.server",
                "org.apache.kafka.clients.producer.ProducerConfig"
            })
    void whatWritesCredentialsStaysQuiet(String logger) throws Exception {
        assertThat(levelOf(logger)).isEqualTo(Level.WARN);
    }

    @Test
    void whatIsOursSpeaks() throws Exception {
        assertThat(levelOf("dev.finecomb.loop.TrainingLoop")).isEqualTo(Level.TRACE);
    }
}
