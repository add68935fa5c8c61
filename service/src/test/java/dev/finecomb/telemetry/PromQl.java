package dev.finecomb.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a query of Prometheus names. Not a parser of the language: it knows of it what dashboards and rules use. */
public final class PromQl {
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
    private static final Pattern NAME =
            Pattern.compile("(?<![\\w:$])([a-zA-Z_:][\\w:]*)\\s*(?:\\{([^}]*)\\})?(?![\\w:]*\\s*\\()");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!=|!~|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");
    /** What the scrape adds to every series, and so no page shows. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance");

    private PromQl() {}

    /**
     * A metric with what is asked of its labels.
     *
     * @param metric its name
     * @param labels label to the values that are asked for, of {@code =} and of the alternatives of {@code =~}; none for
     *     those that are only told apart or hold a dashboard's variable
     */
    public record Selector(String metric, Map<String, List<String>> labels) {}

    /** Every metric that a query names, without those labels that the scrape adds. */
    public static List<Selector> selectors(String query) {
        String bare = RANGE.matcher(GROUPING.matcher(query).replaceAll(" ")).replaceAll(" ");
        List<Selector> found = new ArrayList<>();
        Matcher name = NAME.matcher(bare);
        while (name.find()) {
            if (!WORDS.contains(name.group(1))) {
                found.add(new Selector(name.group(1), labels(name.group(2) == null ? "" : name.group(2))));
            }
        }
        return found;
    }

    private static Map<String, List<String>> labels(String braces) {
        Map<String, List<String>> labels = new TreeMap<>();
        Matcher matcher = MATCHER.matcher(braces);
        while (matcher.find()) {
            if (!OF_THE_SCRAPE.contains(matcher.group(1))) {
                boolean asked =
                        matcher.group(2).startsWith("=") && !matcher.group(3).contains("$");
                labels.put(matcher.group(1), asked ? List.of(matcher.group(3).split("[|]", -1)) : List.of());
            }
        }
        return labels;
    }

    /** Whether every parenthesis, bracket and brace outside of quotes is closed by its own kind, in the right order. */
    public static boolean isBalanced(String query) {
        Deque<Character> open = new ArrayDeque<>();
        for (char c : QUOTED.matcher(query).replaceAll("").toCharArray()) {
            int closing = ")]}".indexOf(c);
            if ("([{".indexOf(c) >= 0) {
                open.push(c);
            } else if (c == '"' || (closing >= 0 && (open.isEmpty() || open.pop() != "([{".charAt(closing)))) {
                return false;
            }
        }
        return open.isEmpty();
    }
}
