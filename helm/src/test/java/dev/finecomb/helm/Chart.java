package dev.finecomb.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The chart in {@code helm/finecomb}, seen by Helm itself, without a cluster. */
final class Chart {
    static final Path DIRECTORY = Path.of("finecomb");
    /** The release's namespace in every rendering. */
    static final String NAMESPACE = "training";

    private static final Path VALUES = Path.of("src/test/resources/values");
    private static final String HOOK = "helm.sh/hook:";
    private static final String HIDDEN_HOOK = "hidden.hook:";
    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();
    private static final Path WITHOUT_HOOKS = withoutHooks();

    private Chart() {}

    /** Names of the value sets, sorted. */
    static List<String> valueSets() {
        try (Stream<Path> files = Files.list(VALUES)) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path values(String set) {
        return VALUES.resolve(set + ".yaml");
    }

    /** Everything that Helm would make of a value set, hooks and tests among it. */
    static Manifests render(String set) {
        return RENDERED.computeIfAbsent(set, name -> render(values(name)));
    }

    static Manifests render(Path values) {
        return render("finecomb", values);
    }

    /** Of a release of that name. */
    static Manifests render(String release, Path values) {
        return new Manifests(template(WITHOUT_HOOKS, release, values).replace(HIDDEN_HOOK, HOOK));
    }

    /** The same without hooks and tests. */
    static Manifests renderReleased(Path values) {
        return new Manifests(template(DIRECTORY, "finecomb", values));
    }

    /** What is said after an install. */
    static String notes(String set) {
        InstallCommand install = new Helm(DIRECTORY)
                .install()
                .clientOnly()
                .dryRun()
                .withName("finecomb")
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.34.0")
                .withValuesFile(values(set));
        String output = install.call().getOutput();
        return output.substring(output.indexOf("NOTES:") + "NOTES:".length()).strip();
    }

    private static String template(Path chart, String release, Path values) {
        TemplateCommand template = new Helm(chart)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.34.0")
                .withValuesFile(values);
        return template.call();
    }

    /** A copy of the chart whose hooks are no hooks to Helm, which leaves them out of what the library returns. */
    private static Path withoutHooks() {
        Path copy = Path.of("target/chart-without-hooks");
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(DIRECTORY.relativize(file));
                Files.createDirectories(target.getParent());
                Files.writeString(target, Files.readString(file).replace(HOOK, HIDDEN_HOOK));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }
}
