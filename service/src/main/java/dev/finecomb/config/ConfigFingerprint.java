package dev.finecomb.config;

import dev.finecomb.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A digest of the settings that decide a job's results: those of the model, of training and of sparsity that no resume
 * may change.
 *
 * <p>The module's own bytes are not among them, they have a digest of their own; neither are the device and the number
 * of threads. The canonical text is one {@code name=value} line a setting, sorted by name, defaults included, behind a
 * line that names the format. A setting added later must be left out of it at its default, or checkpoints written
 * before it are refused.
 */
public final class ConfigFingerprint {

    private static final String FORMAT = "finecomb-settings-1";

    private ConfigFingerprint() {}

    /** SHA-256 of the canonical text, 64 lower-case hexadecimal digits. */
    public static String of(FinecombConfig config) {
        return Sha256.hex(canonicalText(config).getBytes(StandardCharsets.UTF_8));
    }

    static String canonicalText(FinecombConfig config) {
        Map<String, String> texts = EffectiveSettings.texts(config, setting -> !setting.resumable());
        return texts.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining("", FORMAT + "\n", ""));
    }
}
