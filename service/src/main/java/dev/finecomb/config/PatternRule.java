package dev.finecomb.config;

import java.math.BigInteger;
import java.util.Optional;

/** Which patterns are possible, and which of them only in the linear variant. */
final class PatternRule {

    private static final String NAME = "finecomb.sparsity.pattern";
    private static final int MOST_COMBINATIONS = 128;
    private static final int LARGEST_GROUP = 16;

    private final Values values;

    PatternRule(Values values) {
        this.values = values;
    }

    Optional<ConfigProblem> check() {
        return values.get(NAME, String.class).flatMap(this::check);
    }

    private Optional<ConfigProblem> check(String pattern) {
        int colon = pattern.indexOf(':');
        int kept = Integer.parseInt(pattern.substring(0, colon));
        int group = Integer.parseInt(pattern.substring(colon + 1));
        if (kept == 0) {
            return problem("N of at least 1", "keep at least one of every " + group + ", such as 1:" + group);
        }
        if (kept >= group) {
            return problem(
                    "N below M", "choose fewer than are in a group, such as 2:4: " + pattern + " removes nothing");
        }
        if (group > LARGEST_GROUP) {
            return problem("M of at most " + LARGEST_GROUP, "choose a smaller group");
        }
        BigInteger combinations = combinations(kept, group);
        boolean exact = values.get("finecomb.sparsity.variant", SparsityConfig.Variant.class)
                .filter(SparsityConfig.Variant.EXACT::equals)
                .isPresent();
        if (exact && combinations.compareTo(BigInteger.valueOf(MOST_COMBINATIONS)) > 0) {
            return problem(
                    "at most " + MOST_COMBINATIONS + " combinations in the exact variant, and " + pattern + " has "
                            + combinations,
                    "set finecomb.sparsity.variant to linear, or choose a pattern with fewer, such as 4:8");
        }
        return Optional.empty();
    }

    private Optional<ConfigProblem> problem(String expected, String remedy) {
        return Optional.of(values.problem(NAME, expected, remedy));
    }

    private static BigInteger combinations(int kept, int group) {
        BigInteger result = BigInteger.ONE;
        for (int i = 1; i <= kept; i++) {
            result = result.multiply(BigInteger.valueOf(group - kept + i)).divide(BigInteger.valueOf(i));
        }
        return result;
    }
}
