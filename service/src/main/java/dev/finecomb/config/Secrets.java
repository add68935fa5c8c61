package dev.finecomb.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which settings hold secrets, and what is shown instead of them. */
final class Secrets {

    private static final String MASK = "******";
    private static final Pattern SECRET =
            Pattern.compile("password|passwd|secret|jaas|credential|token|private|keystore[._-]?key|basic[._-]?auth");

    private Secrets() {}

    /** The value as it may be shown under this name. */
    static String shown(String name, String value) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find() ? MASK : value;
    }
}
