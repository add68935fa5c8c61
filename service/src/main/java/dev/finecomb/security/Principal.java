package dev.finecomb.security;

import dev.finecomb.config.KafkaConfig;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/** Who a broker most likely takes a client for. Only for messages: the broker may have mapping rules of its own. */
final class Principal {
    private static final Pattern USERNAME =
            Pattern.compile("\\busername\\s*=\\s*(?:\"([^\"]+)\"|'([^']+)'|([^\\s;]+))");

    private Principal() {}

    /**
     * Such as {@code User:alice}: the user of a password, or the subject of the client's certificate; empty if the properties
     * do not tell, as those of tokens do not, or can't be read by now, of which a message about something else is no place to
     * complain.
     */
    static Optional<String> of(KafkaConfig kafka) {
        try {
            Map<String, Object> properties = new HashMap<>(ClientProperties.of(kafka));
            properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
            var client = new AdminClientConfig(properties);
            Optional<String> name = switch (client.getString(AdminClientConfig.SECURITY_PROTOCOL_CONFIG)
                    .toUpperCase(Locale.ROOT)) {
                case "SASL_PLAINTEXT", "SASL_SSL" -> user(client.getPassword(SaslConfigs.SASL_JAAS_CONFIG));
                case "SSL" -> subject(client);
                default -> Optional.of(KafkaPrincipal.ANONYMOUS.getName());
            };
            return name.map(found -> KafkaPrincipal.USER_TYPE + ":" + found);
        } catch (KafkaException | KeyStoreException | IllegalArgumentException unusable) {
            return Optional.empty();
        }
    }

    private static Optional<String> user(@Nullable Password jaas) {
        Matcher found = USERNAME.matcher(jaas == null ? "" : jaas.value());
        return found.find()
                ? Optional.of(String.join("", text(found, 1), text(found, 2), text(found, 3)))
                : Optional.empty();
    }

    private static String text(Matcher found, int group) {
        String text = found.group(group);
        return text == null ? "" : text;
    }

    private static Optional<String> subject(AdminClientConfig config) throws KeyStoreException {
        var factory = new DefaultSslEngineFactory();
        factory.configure(config.values());
        KeyStore store = factory.keystore();
        if (store != null) {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    return Optional.of(certificate.getSubjectX500Principal().getName());
                }
            }
        }
        return Optional.of(KafkaPrincipal.ANONYMOUS.getName());
    }
}
