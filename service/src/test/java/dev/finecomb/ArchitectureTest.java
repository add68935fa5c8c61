package dev.finecomb;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rooms, executable: which package may import which others and which libraries. */
class ArchitectureTest {

    private static final String ROOT = "dev.finecomb.";

    private static final List<String> EVERYWHERE =
            List.of("java", "javax.security", "org.jspecify", "org.slf4j", ROOT + "protocol");
    private static final String AWS = "software.amazon.awssdk";
    private static final String DJL = "ai.djl";
    private static final String INJECTION = "jakarta";
    private static final String JACKSON = "com.fasterxml.jackson";
    private static final String KAFKA = "org.apache.kafka";
    private static final String MICROMETER = "io.micrometer";
    private static final String MICRONAUT = "io.micronaut";
    private static final String OPENAPI = "io.swagger.v3.oas.annotations";
    private static final String REACTOR = "reactor.core";
    private static final String STREAMS = "org.reactivestreams";

    private static final List<Room> TABLE = List.of(
            new Room(
                    "app",
                    Set.of(
                            "config",
                            "status",
                            "loop",
                            "ingest",
                            "model",
                            "sparsity",
                            "training",
                            "storage",
                            "checkpoint",
                            "publish",
                            "export",
                            "telemetry",
                            "control",
                            "cli"),
                    Set.of(MICRONAUT, INJECTION)),
            new Room(
                    "cli",
                    Set.of(
                            "ledger",
                            "config",
                            "security",
                            "ingest",
                            "publish",
                            "storage",
                            "checkpoint",
                            "model",
                            "compute",
                            "sparsity",
                            "training",
                            "export",
                            "feed"),
                    Set.of("picocli", KAFKA, JACKSON, "org.yaml.snakeyaml")),
            new Room("security", Set.of("config"), Set.of(KAFKA, "javax.net.ssl")),
            new Room("feed", Set.of(), Set.of()),
            new Room("config", Set.of(), Set.of()),
            new Room("status", Set.of(), Set.of()),
            new Room(
                    "loop",
                    Set.of(
                            "config",
                            "status",
                            "ingest",
                            "sparsity",
                            "training",
                            "checkpoint",
                            "publish",
                            "export",
                            "control"),
                    Set.of(JACKSON)),
            new Room("ingest", Set.of("config", "security"), Set.of(KAFKA)),
            new Room("model", Set.of("config", "storage"), Set.of(DJL)),
            new Room("compute", Set.of(), Set.of("jdk.incubator.vector")),
            new Room("sparsity", Set.of("config", "compute"), Set.of("ai.djl.ndarray")),
            new Room("training", Set.of("config", "compute", "model", "sparsity"), Set.of(DJL)),
            new Room("storage", Set.of("config"), Set.of(AWS)),
            new Room("checkpoint", Set.of("config", "storage", "training"), Set.of()),
            new Room("publish", Set.of("config", "security", "ingest"), Set.of(KAFKA)),
            new Room("export", Set.of("config", "model", "sparsity", "storage", "training"), Set.of(JACKSON)),
            new Room("telemetry", Set.of("status"), Set.of(MICROMETER, MICRONAUT, INJECTION, STREAMS, KAFKA)),
            new Room("control", Set.of("status"), Set.of(MICRONAUT, INJECTION, STREAMS, REACTOR, OPENAPI)),
            new Room("ledger", Set.of(), Set.of(KAFKA)),
            new Room("demo", Set.of("model"), Set.of(KAFKA, "kafka", "scala", JACKSON)));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.finecomb");

    /**
     * One row.
     *
     * @param name the package below {@code dev.finecomb}
     * @param rooms the rooms it may import
     * @param libraries the packages of libraries it may import, beyond those that every room may
     */
    private record Room(String name, Set<String> rooms, Set<String> libraries) {

        /** What a dependency breaks, if it breaks anything. */
        Optional<String> broken(Dependency dependency) {
            String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
            boolean allowed = target.isEmpty()
                    || within(target, ROOT + name)
                    || rooms.stream().anyMatch(room -> within(target, ROOT + room))
                    || libraries.stream().anyMatch(library -> within(target, library))
                    || EVERYWHERE.stream().anyMatch(library -> within(target, library));
            return allowed ? Optional.empty() : Optional.of(dependency.getDescription());
        }
    }

    @Test
    void roomsImportOnlyWhatTheirRowAllows() {
        Set<String> broken = CLASSES.stream()
                .flatMap(type -> room(type).stream().flatMap(room -> brokenBy(room, type)))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(broken).isEmpty();
    }

    @Test
    void everyPackageHasARowAndEveryRowItsPackage() {
        Set<String> rows = TABLE.stream().map(Room::name).collect(Collectors.toSet());
        Set<String> packages = CLASSES.stream()
                .map(ArchitectureTest::roomName)
                .filter(name -> !name.equals("protocol"))
                .collect(Collectors.toSet());
        Set<String> gone = new TreeSet<>(rows);
        gone.removeAll(packages);

        assertThat(packages).isSubsetOf(rows);
        assertThat(gone).isEmpty();
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theProtocolKnowsNoRoomAndNoEngine() {
        Room protocol = new Room("protocol", Set.of(), Set.of(KAFKA, JACKSON));
        Set<String> broken = CLASSES.stream()
                .filter(type -> roomName(type).equals("protocol"))
                .flatMap(type -> brokenBy(protocol, type))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(broken).isEmpty();
    }

    private static Stream<String> brokenBy(Room room, JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream().map(room::broken).flatMap(Optional::stream);
    }

    private static Optional<Room> room(JavaClass type) {
        return Optional.ofNullable(TABLE.stream()
                .collect(Collectors.toMap(Room::name, Function.identity()))
                .get(roomName(type)));
    }

    /** The first word of the package below the root; empty for a class of the root itself. */
    private static String roomName(JavaClass type) {
        String name = type.getPackageName() + ".";
        return name.length() <= ROOT.length() ? "" : name.substring(ROOT.length(), name.indexOf('.', ROOT.length()));
    }

    private static boolean within(String name, String library) {
        return name.equals(library) || name.startsWith(library + ".");
    }
}
