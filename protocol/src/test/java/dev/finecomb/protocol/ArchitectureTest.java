package dev.finecomb.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What this module may know: kafka-clients, Jackson, JSpecify, the JDK; and no circles between its packages. */
class ArchitectureTest {
    private static final String ROOT = "dev.finecomb.protocol";
    private static JavaClasses module;

    @BeforeAll
    static void read() {
        module = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
        assertThat(module).hasSizeGreaterThan(40);
    }

    @Test
    void knowsOnlyKafkaClientsJacksonJspecifyAndTheJdk() {
        classes()
                .that()
                .resideInAPackage(ROOT + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "..",
                        "java..",
                        "org.apache.kafka.clients..",
                        "org.apache.kafka.common..",
                        "com.fasterxml.jackson..",
                        "org.jspecify..")
                .check(module);
    }

    @Test
    void onlyTheRootAndMasksKnowKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".mask")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(module);
    }

    @Test
    void packagesFormNoCircle() {
        slices().assignedFrom(new PackageSlices()).should().beFreeOfCycles().check(module);
    }

    /** One slice per package, the root included. */
    private static final class PackageSlices implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return javaClass.getPackageName().startsWith(ROOT)
                    ? SliceIdentifier.of(javaClass.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
