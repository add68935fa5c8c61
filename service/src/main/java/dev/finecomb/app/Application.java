package dev.finecomb.app;

import dev.finecomb.config.FinecombConfig;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: reads the configuration, starts the rooms in order, and ends with an {@link ExitCode}. */
public final class Application {

    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    private Application() {}

    public static void main(String[] arguments) {
        ExitCode exitCode = run(arguments);
        if (exitCode != ExitCode.DONE) {
            System.exit(exitCode.code());
        }
    }

    /** Starts the service; a failure is printed and becomes its exit code. */
    static ExitCode run(String[] arguments) {
        try {
            ApplicationContext context = ApplicationContext.builder()
                    .args(arguments)
                    .banner(false)
                    .bootstrapEnvironment(false)
                    .start();
            FinecombConfig config = new ConfigurationLoader(context.getEnvironment()).load();
            context.registerSingleton(config);
            context.getBean(EmbeddedServer.class).start();
            return ExitCode.DONE;
        } catch (StartupFailure failure) {
            return failed(failure.exitCode(), String.valueOf(failure.getMessage()));
        } catch (ServerStartupException failure) {
            return failed(
                    ExitCode.RETRY,
                    StartupFailure.message(
                            String.valueOf(failure.getMessage()),
                            "micronaut.server.host and micronaut.server.port",
                            "free the port, or choose another with MICRONAUT_SERVER_PORT"));
        } catch (ConfigurationException failure) {
            return failed(ExitCode.CONFIGURATION, "The configuration can't be read: " + failure.getMessage());
        }
    }

    private static ExitCode failed(ExitCode exitCode, String message) {
        LOG.error("{}", message);
        return exitCode;
    }
}
