package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import java.nio.file.Path;

/** Reads the service's own settings as the service does: a file, over it the environment and the system's properties. */
@FunctionalInterface
public interface SettingsReader {
    /**
     * The bound settings.
     *
     * @throws CommandFailure with every problem of the settings at once
     */
    FinecombConfig read(Path file) throws CommandFailure;
}
