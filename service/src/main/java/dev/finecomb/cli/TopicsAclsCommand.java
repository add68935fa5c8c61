package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.security.Grant;
import dev.finecomb.security.Role;
import java.util.Iterator;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What grants a role the least that it needs. */
@Command(
        name = "acls",
        description = {
            "Prints the kafka-acls.sh commands that grant a role the least that it needs, or a KafkaUser manifest for"
                    + " Strimzi.",
            "Asks no broker."
        },
        mixinStandardHelpOptions = true)
final class TopicsAclsCommand implements Callable<Integer> {
    private static final String SOME_BROKER = "localhost:9092";

    /** A DNS subdomain, as Kubernetes demands it. */
    private static final Pattern RESOURCE_NAME =
            Pattern.compile("L(?:\\.L)*".replace("L", "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"));

    private static final int LONGEST_RESOURCE_NAME = 253;

    /** What fits into the common name of a certificate; Strimzi refuses a longer one. */
    private static final int LONGEST_COMMON_NAME = 64;

    /** As they are written. */
    private static final class Roles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Role.values()).map(Role::word).iterator();
        }
    }

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            completionCandidates = Roles.class,
            description = "One of ${COMPLETION-CANDIDATES}; by default the service, which creates its topics if"
                    + " kafka.create-topics of --config-file says so.")
    private Role role = Role.SERVICE;

    @Option(
            names = "--principal",
            paramLabel = "TYPE:NAME",
            defaultValue = "User:finecomb",
            description = "Whom to grant it, ${DEFAULT-VALUE} by default.")
    private String principal = "";

    @Option(
            names = "--strimzi",
            paramLabel = "CLUSTER",
            description = "A KafkaUser manifest for the Kafka cluster of this name.")
    private String strimziCluster = "";

    @Override
    public Integer call() throws CommandFailure {
        if (!principal.matches("[A-Za-z]+:.+")) {
            throw broker.wrong("--principal is \"" + principal + "\"; expected such as User:alice");
        }
        SortedSet<Grant> grants = wanted().grants(broker.topics(), delivery());
        if (output.isJson()) {
            grants.forEach(grant -> output.out().println(json(grant)));
        } else if (strimziCluster.isEmpty()) {
            Grant.commands(grants, broker.servers().orElse(SOME_BROKER), principal)
                    .forEach(output.out()::println);
        } else {
            output.out().print(strimziUser(grants));
        }
        output.out().flush();
        return ExitCode.DONE.code();
    }

    /** Strimzi makes the principal of the resource's name and of how the user proves to be it. */
    private String strimziUser(SortedSet<Grant> grants) throws CommandFailure {
        boolean certified = principal.startsWith("User:CN=");
        String name = principal.replaceFirst("^User:(CN=)?", "");
        int longest = certified ? LONGEST_COMMON_NAME : LONGEST_RESOURCE_NAME;
        if (!RESOURCE_NAME.matcher(name).matches() || name.length() > longest) {
            throw broker.wrong(
                    "--principal is \"" + principal + "\", which no KafkaUser can be named after; expected with"
                            + " --strimzi User:NAME, or User:CN=NAME for who comes with a certificate, NAME of at most "
                            + longest
                            + " small letters, digits, '-' and '.'. Without --strimzi, any principal is granted by kafka-acls.sh");
        }
        return new StrimziManifests(strimziCluster).user(name, certified, grants);
    }

    private Role wanted() throws CommandFailure {
        boolean creating = broker.settings()
                .map(FinecombConfig::kafka)
                .map(KafkaConfig::createTopics)
                .orElse(false);
        return role == Role.SERVICE && creating ? Role.SERVICE_CREATING_TOPICS : role;
    }

    private KafkaConfig.Delivery delivery() throws CommandFailure {
        return broker.settings()
                .map(FinecombConfig::kafka)
                .map(KafkaConfig::delivery)
                .orElse(KafkaConfig.Delivery.EXACTLY_ONCE);
    }

    private ObjectNode json(Grant grant) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("principal", principal)
                .put("operation", grant.operationName())
                .put("resourceType", grant.resourceName())
                .put("resourceName", grant.name());
    }
}
