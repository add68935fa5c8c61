package dev.finecomb.security;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * A right that a broker's authorizer grants: one operation on one resource.
 *
 * @param type topic, group or transactional id
 * @param name the resource's whole name
 */
public record Grant(AclOperation operation, ResourceType type, String name) implements Comparable<Grant> {
    private static final Comparator<Grant> ORDER =
            Comparator.comparing(Grant::type).thenComparing(Grant::name).thenComparing(Grant::operation);

    static Grant topic(AclOperation operation, String name) {
        return new Grant(operation, ResourceType.TOPIC, name);
    }

    static Grant group(AclOperation operation, String name) {
        return new Grant(operation, ResourceType.GROUP, name);
    }

    static Grant transactionalId(AclOperation operation, String name) {
        return new Grant(operation, ResourceType.TRANSACTIONAL_ID, name);
    }

    /** By resource. */
    @Override
    public int compareTo(Grant other) {
        return ORDER.compare(this, other);
    }

    /** The resource alone. */
    public ResourcePattern resource() {
        return new ResourcePattern(type, name, PatternType.LITERAL);
    }

    /** What an administrator's client creates and deletes; the principal is one such as {@code User:alice}, from any host. */
    public AclBinding binding(String principal) {
        return new AclBinding(resource(), new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    /** The operation as Kafka's tools spell it, such as {@code DescribeConfigs}. */
    public String operationName() {
        return SecurityUtils.operationName(operation);
    }

    /** The kind of the resource as Kafka's tools spell it, such as {@code TransactionalId}. */
    public String resourceName() {
        return SecurityUtils.resourceTypeName(type);
    }

    /** Such as {@code Read on topic finecomb.digits.batches}. */
    public String text() {
        return operationName() + " on " + words(type) + " " + name;
    }

    private static String words(ResourceType type) {
        return SecurityUtils.resourceTypeName(type)
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** The commands of Kafka's own tool that grant them, one a resource. */
    public static List<String> commands(Collection<Grant> grants, String bootstrapServers, String principal) {
        Map<ResourcePattern, List<Grant>> byResource = grants.stream()
                .sorted()
                .collect(Collectors.groupingBy(Grant::resource, LinkedHashMap::new, Collectors.toList()));
        return byResource.values().stream()
                .map(same -> command(same, bootstrapServers, principal))
                .toList();
    }

    private static String command(List<Grant> same, String bootstrapServers, String principal) {
        Grant first = same.getFirst();
        return "kafka-acls.sh --bootstrap-server " + bootstrapServers + " --add --allow-principal " + quoted(principal)
                + same.stream()
                        .map(grant -> " --operation " + grant.operationName())
                        .collect(Collectors.joining())
                + " --" + words(first.type).replace(' ', '-') + " " + first.name;
    }

    /** A certificate's name may hold anything. */
    private static String quoted(String principal) {
        return principal.matches("[A-Za-z0-9:@._-]+") ? principal : "'" + principal.replace("'", "'\\''") + "'";
    }
}
