package dev.finecomb.control;

import dev.finecomb.status.History;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The history as columns of equal length, oldest first; see {@link History.Point}.
 *
 * @param step last step of each point
 * @param steps how many steps each point sums up
 * @param loss mean loss
 * @param lossMin smallest loss
 * @param lossMax greatest loss
 * @param accuracy mean accuracy before training; left out for regressions
 * @param survivors combinations that survive in every group
 * @param density share of the sparse layers' weights that live
 */
@Serdeable
record HistoryColumns(
        List<Long> step,
        List<Long> steps,
        List<Double> loss,
        List<Double> lossMin,
        List<Double> lossMax,
        Optional<List<Double>> accuracy,
        List<Integer> survivors,
        List<Double> density) {

    static HistoryColumns of(List<History.Point> points) {
        boolean known = points.stream().allMatch(point -> point.accuracy().isPresent());
        return new HistoryColumns(
                column(points, History.Point::step),
                column(points, History.Point::steps),
                column(points, History.Point::loss),
                column(points, History.Point::lossMin),
                column(points, History.Point::lossMax),
                known ? Optional.of(column(points, point -> point.accuracy().getAsDouble())) : Optional.empty(),
                column(points, History.Point::survivors),
                column(points, History.Point::density));
    }

    private static <T> List<T> column(List<History.Point> points, Function<History.Point, T> value) {
        return points.stream().map(value).toList();
    }
}
