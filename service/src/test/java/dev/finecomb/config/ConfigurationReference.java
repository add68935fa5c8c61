package dev.finecomb.config;

import java.util.List;

/** The reference of all settings, made from the records that hold them. */
final class ConfigurationReference {
    private static final String HEAD = """
            # Configuration: every setting

            Made from the records in `service/src/main/java/dev/finecomb/config`; a test holds it to them. Names leave out the leading
            `finecomb.`; files, system properties and the command line (`--finecomb.kafka.job=reviews`) use the whole name, whatever its
            case, hyphens and underscores. Each setting has an environment variable, too: `FINECOMB_`, then its name in capitals with
            underscores for dots and hyphens, such as `FINECOMB_TRAINING_LEARNING_RATE_BASE`; the tables name them all.

            Later sources win: files named by `-Dmicronaut.config.files` or `MICRONAUT_CONFIG_FILES`, the environment, system properties,
            the command line. A list is written as such in YAML, elsewhere with commas. An unknown name, a value out of range, and
            settings that contradict each other are all reported at once, and the process ends with exit code 78.

            **Fixed**: `fixed` settings decide a job's results, and a resume with another value is refused; the others may be changed between two starts.

            The service around the job has settings of its own: `MICRONAUT_SERVER_HOST` (127.0.0.1), `MICRONAUT_SERVER_PORT` (8080) and
            `ENDPOINTS_HEALTH_TRAINING_PROGRESS_BOUND` (5m), after so long without progress where there should be some
            `/health/liveness` is down.
            """;

    private ConfigurationReference() {}

    static String markdown() {
        var text = new StringBuilder(HEAD);
        String section = "";
        for (SettingSpec spec : new Schema().specs()) {
            String found = spec.name().split("\\.", -1)[1];
            if (!found.equals(section)) {
                section = found;
                text.append("\n## `").append(section).append("`\n\n");
                text.append("| setting, environment variable | what | value | default | |\n");
                text.append("| --- | --- | --- | --- | --- |\n");
            }
            text.append(row(spec));
        }
        return text.toString();
    }

    private static String row(SettingSpec spec) {
        String key = spec.isMap() ? ".KEY" : "";
        String variable = spec.environmentName() + (spec.isMap() ? "_KEY" : "");
        return "| "
                + String.join(
                        " | ",
                        List.of(
                                "`" + shortName(spec.name()) + key + "`<br>`" + variable + "`",
                                what(spec.setting()),
                                value(spec),
                                byDefault(spec),
                                spec.setting().resumable() ? "" : "fixed"))
                + " |\n";
    }

    private static String what(Setting setting) {
        String remedy = setting.remedy();
        return escaped(remedy.isEmpty() ? setting.doc() : setting.doc() + ": " + remedy);
    }

    private static String value(SettingSpec spec) {
        if (spec.isMap()) {
            return "a text for each key, as the Kafka clients name them";
        }
        String pattern = spec.setting().pattern();
        String expected = ValueParser.expected(spec);
        return escaped(pattern.isEmpty() ? expected : expected.replace(pattern, "`" + pattern + "`"));
    }

    private static String byDefault(SettingSpec spec) {
        if (spec.hasDefault()) {
            String value = spec.setting().defaultValue();
            return value.isEmpty() ? "none" : "`" + value + "`";
        }
        if (spec.setting().derived()) {
            return "computed";
        }
        if (!spec.isRequired()) {
            return "absent";
        }
        return spec.section().isEmpty()
                ? "**required**"
                : "required once anything of `" + shortName(spec.section()) + "` is set";
    }

    private static String shortName(String name) {
        return name.substring(Schema.ROOT.length() + 1);
    }

    /** A bar would end the cell. */
    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
