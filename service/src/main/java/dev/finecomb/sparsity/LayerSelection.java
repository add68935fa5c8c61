package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which parameters become sparse: the weights of linear and convolution layers whose input channels (axis 1, per convolution
 * group) are divisible by M, without the first convolution and the classifier (the last linear layer). Include globs make the latter two
 * sparse as well, exclude globs keep any layer dense and win over include globs.
 */
public final class LayerSelection {
    private final Pattern pattern;
    private final List<NameGlob> include;
    private final List<NameGlob> exclude;
    private final Optional<LayerCandidate> firstConvolution;
    private final Optional<LayerCandidate> classifier;

    private LayerSelection(
            List<LayerCandidate> candidates, Pattern pattern, List<NameGlob> include, List<NameGlob> exclude) {
        this.pattern = pattern;
        this.include = include;
        this.exclude = exclude;
        this.firstConvolution =
                candidates.stream().filter(LayerSelection::isConvolution).findFirst();
        this.classifier = candidates.stream().filter(LayerSelection::isLinear).reduce((_, later) -> later);
    }

    /**
     * One verdict per candidate, in their order.
     *
     * @param candidates all parameters of the model, in module order
     * @param include globs over parameter names
     * @param exclude globs over parameter names
     * @throws UnmatchedGlobException if a glob matches no candidate
     */
    public static List<LayerVerdict> select(
            List<LayerCandidate> candidates, Pattern pattern, List<String> include, List<String> exclude) {
        List<NameGlob> includeGlobs = include.stream().map(NameGlob::of).toList();
        List<NameGlob> excludeGlobs = exclude.stream().map(NameGlob::of).toList();
        requireMatches(includeGlobs, candidates);
        requireMatches(excludeGlobs, candidates);
        LayerSelection selection = new LayerSelection(candidates, pattern, includeGlobs, excludeGlobs);
        return candidates.stream().map(selection::verdict).toList();
    }

    private LayerVerdict verdict(LayerCandidate candidate) {
        Optional<NameGlob> included = matching(include, candidate);
        Optional<NameGlob> excluded = matching(exclude, candidate);
        if (candidate.shape().size() < 2) {
            return dense(candidate, "biases, norms and scales stay dense");
        }
        String prefix = included.map(glob -> "can't be made sparse although '" + glob.text() + "' includes it: ")
                .orElse("");
        if (!isConvolution(candidate) && !isLinear(candidate)) {
            return dense(candidate, prefix + "only weights of linear and convolution layers can become sparse");
        }
        if (excluded.isPresent()) {
            return dense(candidate, "excluded by '" + excluded.get().text() + "'");
        }
        if (candidate.shape().get(1) % pattern.m() != 0) {
            return dense(candidate, prefix + channels(candidate) + " are not divisible by " + pattern.m());
        }
        if (included.isPresent()) {
            return sparse(candidate, "included by '" + included.get().text() + "'");
        }
        if (is(candidate, firstConvolution)) {
            return dense(candidate, "first convolution stays dense (include it by name to override)");
        }
        if (is(candidate, classifier)) {
            return dense(candidate, "classifier stays dense (include it by name to override)");
        }
        return sparse(candidate, channels(candidate) + " form groups of " + pattern.m());
    }

    private static String channels(LayerCandidate candidate) {
        return (isConvolution(candidate) ? "input channels per convolution group" : "input features") + " ("
                + candidate.shape().get(1) + ")";
    }

    private static boolean isConvolution(LayerCandidate candidate) {
        return candidate.kind() == LayerKind.CONVOLUTION && candidate.shape().size() >= 3;
    }

    private static boolean isLinear(LayerCandidate candidate) {
        return candidate.kind() == LayerKind.LINEAR && candidate.shape().size() == 2;
    }

    private static boolean is(LayerCandidate candidate, Optional<LayerCandidate> role) {
        return role.filter(Predicate.isEqual(candidate)).isPresent();
    }

    private static Optional<NameGlob> matching(List<NameGlob> globs, LayerCandidate candidate) {
        return globs.stream()
                .filter(glob -> glob.matches(candidate.parameter()))
                .findFirst();
    }

    private static void requireMatches(List<NameGlob> globs, List<LayerCandidate> candidates) {
        for (NameGlob glob : globs) {
            if (candidates.stream().noneMatch(candidate -> glob.matches(candidate.parameter()))) {
                throw new UnmatchedGlobException(
                        glob.text(),
                        candidates.stream().map(LayerCandidate::parameter).toList());
            }
        }
    }

    private static LayerVerdict dense(LayerCandidate candidate, String reason) {
        return new LayerVerdict(candidate.parameter(), candidate.shape(), false, reason);
    }

    private static LayerVerdict sparse(LayerCandidate candidate, String reason) {
        return new LayerVerdict(candidate.parameter(), candidate.shape(), true, reason);
    }
}
