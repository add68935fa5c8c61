package dev.finecomb.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Steps as the metrics time them, told apart by whether a cut was under way: from the step whose state it holds to its
 * commit, which the service's log names.
 *
 * @param quiet milliseconds of the steps that met no cut
 * @param met milliseconds of those that did, cut by cut
 */
record CutSteps(List<Double> quiet, List<List<Double>> met) {
    private static final Pattern COMMITTED = Pattern.compile("(?m)^(\\S+) .* committed step=(\\d+) ");

    /** Those that ended between two moments. */
    static CutSteps between(Instant begin, Instant end, List<Committed> metrics, String log) {
        NavigableMap<Long, Instant> commits = new TreeMap<>();
        Matcher told = COMMITTED.matcher(log);
        while (told.find()) {
            commits.put(Long.parseLong(told.group(2)), Instant.parse(told.group(1)));
        }
        List<Double> quiet = new ArrayList<>();
        NavigableMap<Long, List<Double>> met = new TreeMap<>();
        for (int i = 1; i < metrics.size(); i++) {
            Instant before = metrics.get(i - 1).time();
            Instant now = metrics.get(i).time();
            if (before.isAfter(begin) && now.isBefore(end)) {
                double millis = Duration.between(before, now).toNanos() / 1e6;
                Optional.ofNullable(commits.lowerEntry(metrics.get(i).step()))
                        .filter(cut -> cut.getValue().isAfter(before))
                        .ifPresentOrElse(
                                cut -> met.computeIfAbsent(cut.getKey(), _ -> new ArrayList<>())
                                        .add(millis),
                                () -> quiet.add(millis));
            }
        }
        return new CutSteps(quiet, List.copyOf(met.values()));
    }

    int cuts() {
        return met.size();
    }

    double quietMedianMillis() {
        return Figures.median(quiet);
    }

    /** Share of all the time by which steps that met a cut took longer than the others do on average. */
    double share() {
        double usual = quiet.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double longer = met.stream()
                .flatMap(List::stream)
                .mapToDouble(millis -> millis - usual)
                .sum();
        double all = quiet.stream().mapToDouble(Double::doubleValue).sum()
                + met.stream()
                        .flatMap(List::stream)
                        .mapToDouble(Double::doubleValue)
                        .sum();
        return longer / all;
    }

    /** The longest step of each cut, over the median of the others: the median of the cuts. */
    double longestOverMedian() {
        return Figures.median(met.stream().map(Figures::largest).toList()) / quietMedianMillis();
    }

    /** Steps of one cut that took longer than twice the median, at most. */
    long mostLongSteps() {
        return met.stream()
                .mapToLong(steps -> steps.stream()
                        .filter(millis -> millis > 2 * quietMedianMillis())
                        .count())
                .max()
                .orElse(0);
    }

    @Override
    public String toString() {
        return quiet.size() + " steps without a cut, median " + Figures.text(quietMedianMillis(), 1) + " ms; "
                + cuts() + " cuts, longest steps "
                + met.stream()
                        .map(steps -> Figures.text(Figures.largest(steps), 1))
                        .toList() + " ms";
    }
}
