package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.Test;

/** The document lists the grants that the code holds. */
class SecurityDocumentTest {
    private static final Path DOCUMENT = Path.of("docs/security.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| (topic|group|transactional id) (`.*`) \\| ([A-Z][A-Za-z, ]*)");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Topics TOPICS = new Topics("finecomb", "reviews");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(DOCUMENT);
    }

    private static SortedSet<Grant> listed() throws IOException {
        SortedSet<Grant> listed = new TreeSet<>();
        lines().stream().flatMap(line -> ROW.matcher(line).results()).forEach(row -> {
            ResourceType type =
                    ResourceType.fromString(row.group(1).replace(' ', '_').toUpperCase(Locale.ROOT));
            for (MatchResult name : NAME.matcher(row.group(2)).results().toList()) {
                String whole = name.group(1).startsWith(".") ? TOPICS.owner() + name.group(1) : name.group(1);
                operations(row.group(3)).forEach(operation -> listed.add(new Grant(operation, type, whole)));
            }
        });
        return listed;
    }

    private static Stream<AclOperation> operations(String cell) {
        return Stream.of(cell.strip().split(", ")).map(SecurityUtils::operation);
    }

    @Test
    void theTableIsWhatTheServiceNeeds() throws IOException {
        assertThat(listed()).containsExactlyElementsOf(Role.SERVICE.grants(TOPICS, KafkaConfig.Delivery.EXACTLY_ONCE));
    }

    @Test
    void everyRoleHasItsRow() throws IOException {
        List<String> lines = lines();
        for (Role role : Role.values()) {
            assertThat(lines).anyMatch(line -> line.startsWith("| ") && line.contains("`" + role.word() + "`"));
        }
    }
}
