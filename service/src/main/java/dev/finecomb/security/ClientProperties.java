package dev.finecomb.security;

import dev.finecomb.config.ClientPropertiesFile;
import dev.finecomb.config.KafkaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.security.oauthbearer.ClientJwtValidator;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;

/**
 * What every Kafka client of the service and of its commands is made with, beside what its role demands: the properties that
 * were given, and what makes the documented ways to use them work without ceremony.
 *
 * <ul>
 *   <li>{@code ${directory:/etc/finecomb/kafka:password}} and {@code ${file:/etc/finecomb/secrets.properties:password}} in a
 *       value name a secret elsewhere. Kafka itself leaves one that does not exist as it stands and logs in with that; here it
 *       is refused. Whoever names {@code config.providers} has Kafka's own rules.
 *   <li>With TLS, certificates and their passwords are read anew when their files change, see
 *       {@link RenewingSslEngineFactory}.
 *   <li>A token is looked at as a client can, without its issuer's keys. Kafka's default would need a library for the keys that
 *       no client uses.
 * </ul>
 */
public final class ClientProperties {
    private static final Map<String, Class<? extends ConfigProvider>> PROVIDERS =
            Map.of("directory", DirectoryConfigProvider.class, "file", FileConfigProvider.class);

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(directory|file):([^}]*):([^}:]*)}");

    private ClientProperties() {}

    /**
     * The configured ones, completed.
     *
     * @throws ClientPropertiesException if the file of properties, or a secret that a value refers to, can't be read
     */
    public static Map<String, String> of(KafkaConfig config) {
        return completed(configured(config));
    }

    /**
     * Those of the settings and of the file that they name, as they were given.
     *
     * @throws ClientPropertiesException if the file can't be read
     */
    public static Map<String, String> configured(KafkaConfig config) {
        Map<String, String> all = new HashMap<>(config.clients().properties());
        config.clients().propertiesFile().ifPresent(file -> all.putAll(read(file)));
        return all;
    }

    private static Map<String, String> read(Path file) {
        try {
            return ClientPropertiesFile.read(file);
        } catch (IOException e) {
            throw new ClientPropertiesException("finecomb.kafka.properties-file is \"" + file
                    + "\", which can't be read as a file of KEY=VALUE lines: " + e.getMessage()
                    + ". Correct the path, or let the service's user read the file.");
        }
    }

    /**
     * Properties with what makes them work; what they say themselves stays.
     *
     * @throws ClientPropertiesException if a secret that a value refers to can't be read
     */
    public static Map<String, String> completed(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(given);
        boolean referring = !given.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG);
        if (referring) {
            given.forEach((name, value) -> provide(name, value, all));
        }
        String protocol = given.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "")
                .toUpperCase(Locale.ROOT);
        if (protocol.endsWith("SSL")) {
            all.putIfAbsent(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, RenewingSslEngineFactory.class.getName());
            if (referring) {
                given.forEach((name, value) -> {
                    if (SslConfigs.RECONFIGURABLE_CONFIGS.contains(name)
                            && REFERENCE.matcher(value).find()) {
                        RenewingSslEngineFactory.renew(name, value, all);
                    }
                });
            }
        }
        if (OAuthBearerLoginModule.OAUTHBEARER_MECHANISM.equals(given.get(SaslConfigs.SASL_MECHANISM))) {
            all.putIfAbsent(SaslConfigs.SASL_OAUTHBEARER_JWT_VALIDATOR_CLASS, ClientJwtValidator.class.getName());
        }
        return all;
    }

    /** Names the providers that the value's references need, once it is certain that they can be followed. */
    private static void provide(String name, String value, Map<String, String> all) {
        Matcher reference = REFERENCE.matcher(value);
        while (reference.find()) {
            String alias = reference.group(1);
            String _ = secret(name, reference);
            all.merge(AbstractConfig.CONFIG_PROVIDERS_CONFIG, alias, ClientProperties::joined);
            all.put(
                    AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + alias + ".class",
                    provider(alias).getName());
        }
    }

    private static String joined(String aliases, String alias) {
        return Set.of(aliases.split(",", -1)).contains(alias) ? aliases : aliases + "," + alias;
    }

    /**
     * A property's value with the secrets that it refers to, as they are now.
     *
     * @throws ClientPropertiesException if one can't be read
     */
    static String resolved(String name, String value) {
        return REFERENCE.matcher(value).replaceAll(reference -> Matcher.quoteReplacement(secret(name, reference)));
    }

    private static String secret(String name, MatchResult reference) {
        String alias = reference.group(1);
        String path = reference.group(2);
        String key = reference.group(3);
        try (ConfigProvider provider = provider(alias).getDeclaredConstructor().newInstance()) {
            provider.configure(Map.of());
            String secret = provider.get(path, Set.of(key)).data().get(key);
            if (secret == null) {
                throw unresolved(name, alias, path, key);
            }
            return secret;
        } catch (ConfigException | IOException unreadable) {
            throw unresolved(name, alias, path, key);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Kafka's own provider can't be made", impossible);
        }
    }

    private static Class<? extends ConfigProvider> provider(String alias) {
        Class<? extends ConfigProvider> provider = PROVIDERS.get(alias);
        if (provider == null) {
            throw new IllegalArgumentException(alias);
        }
        return provider;
    }

    private static ClientPropertiesException unresolved(String name, String alias, String path, String key) {
        String what = alias.equals("directory") ? "file " + key + " of directory " : "key " + key + " of file ";
        return new ClientPropertiesException("The Kafka client property " + name + " refers to " + what + path
                + ", which does not exist or can't be read. Correct the reference, or put the secret there.");
    }
}
