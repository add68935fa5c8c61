package dev.finecomb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is shipped has a licence that lets it be shipped, and the list of all of them is the one that the build found. */
class LicencesIT {
    private static final Path LIST = Path.of("docs/licences.md");
    private static final Path SBOM = Path.of("target/finecomb-sbom.json");

    /** Of several, one has to be among these. */
    private static final Set<String> WELCOME = Set.of(
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "GPL-2.0-with-classpath-exception",
            "LGPL-2.1-only",
            "LGPL-2.1-or-later",
            "MIT",
            "MIT-0",
            "The Apache License, Version 2.0");

    /** If there is one, it is of this build, which deletes the one before. */
    @BeforeAll
    static void thereIsAnSbom() {
        assumeTrue(Files.exists(SBOM), "Maven writes no SBOM when it is offline");
    }

    private static List<JsonNode> components() throws IOException {
        List<JsonNode> components = new ArrayList<>();
        new JsonMapper().readTree(SBOM.toFile()).get("components").forEach(components::add);
        return components;
    }

    private static Set<String> licences(JsonNode component) {
        Set<String> names = new TreeSet<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode licence = choice.path("license");
            names.add(
                    choice.has("expression")
                            ? choice.get("expression").asText()
                            : licence.path("id").asText(licence.path("name").asText()));
        }
        return names;
    }

    private static String name(JsonNode component) {
        return component.get("group").asText() + ":" + component.get("name").asText();
    }

    @Test
    void everyLibraryHasALicenceThatMayBeShipped() throws IOException {
        assertThat(components())
                .hasSizeGreaterThan(50)
                .allSatisfy(component ->
                        assertThat(licences(component)).as(name(component)).containsAnyElementsOf(WELCOME));
    }

    @Test
    void theSbomHoldsWhatLiesInLib() throws IOException {
        Set<String> described = components().stream()
                .map(component -> component.get("purl").asText())
                .map(purl -> purl.replaceFirst(".*/", "")
                        .replaceFirst("[?].*classifier=([^&]*).*", "-$1")
                        .replaceFirst("[?].*", "")
                        .replace('@', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("[.]jar$", "")))
                    .isNotEmpty()
                    .allSatisfy(jar -> assertThat(described).contains(jar));
        }
    }

    @Test
    void theListIsTheOneOfThisBuild() throws IOException {
        TreeMap<String, String> rows = new TreeMap<>();
        for (JsonNode component : components()) {
            rows.put(
                    name(component),
                    "| " + name(component) + " | " + component.get("version").asText() + " | "
                            + String.join(" or ", licences(component)) + " |");
        }
        rows.remove("dev.finecomb:finecomb-protocol");
        String expected = """
                # Licences of what is shipped

                Finecomb itself is under Apache-2.0, see `LICENSE`. Beside it stand, in `lib/` and in the images, the libraries below, as the
                build finds them (`service/target/finecomb-sbom.json`, CycloneDX; this page is written by `LicencesIT` with
                `-Dreference.write=true`). The images also hold a Java runtime made of OpenJDK (GPL-2.0 with the classpath exception; its own notices
                lie in `/opt/java/legal`) and Debian's C and C++ libraries (LGPL-2.1, GPL-3.0 with the runtime library exception; `/usr/share/doc`).
                `pytorch-native-cpu` is libtorch. The image `cuda` has, in its place, libtorch and CUDA from the image that it was built from, under their owners' terms.

                | library | version | licence |
                | --- | --- | --- |
                """ + String.join("\n", rows.values()) + "\n";
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(LIST, expected, StandardCharsets.UTF_8);
        }
        assertThat(LIST)
                .as(
                        "write it anew: ./mvnw verify -Dtest=LicencesIT -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=LicencesIT -Dfailsafe.failIfNoSpecifiedTests=false -Dreference.write=true")
                .content()
                .isEqualTo(expected);
    }
}
