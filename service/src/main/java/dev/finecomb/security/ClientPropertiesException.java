package dev.finecomb.security;

import org.apache.kafka.common.config.ConfigException;

/** The clients' properties can't be used. The message says which, why, and the remedy, and holds no value of any. */
public final class ClientPropertiesException extends ConfigException {
    private static final long serialVersionUID = 1L;

    ClientPropertiesException(String message) {
        super(message);
    }
}
