package dev.finecomb.control;

import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.status.History;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.MaskBoard;
import dev.finecomb.status.StatusBoard;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** What the live page shows: the status as it changes, the history of the figures, and the masks as pictures. */
@Controller("/job")
public final class LiveController {
    private static final Duration LOOK = Duration.ofMillis(250);
    /** Looks after which an unchanged status is sent all the same, so that a silent connection is a lost one. */
    private static final int HEARTBEAT = 20;

    private static final int DEFAULT_SIDE = 128;
    private static final int MOST_SIDE = 512;

    private final StatusBoard board;
    private final History history;
    private final MaskBoard masks;
    private volatile @Nullable Looked looked;

    public LiveController(StatusBoard board, History history, MaskBoard masks) {
        this.board = board;
        this.history = history;
        this.masks = masks;
    }

    /**
     * Server-sent events named {@code status}: what {@code GET /job} answers, but with an empty list of layers, at most four times a second
     * while it changes, and every five seconds while it does not.
     */
    @Get(uri = "/live", produces = MediaType.TEXT_EVENT_STREAM)
    public Publisher<Event<Map<String, Object>>> live() {
        return Flux.interval(Duration.ZERO, LOOK)
                .onBackpressureDrop()
                .map(look -> new Look(look / HEARTBEAT, board.current()))
                .distinctUntilChanged()
                .map(look -> Event.of(withoutLayers(look.status())).name("status"));
    }

    /** Looks of the same stretch that see the same status are one event. */
    private record Look(long stretch, JobStatus status) {}

    private static Map<String, Object> withoutLayers(JobStatus status) {
        return StatusDocument.of(status.with(status.training().withoutLayers()));
    }

    /**
     * The job's figures over its steps; of those of former processes, what the metrics topic still holds, and of more than
     * 50,000 an even sample. Neighbouring steps are summed up so that there are never more than 2000
     * points.
     */
    @Get("/history")
    public HistoryColumns history() {
        return HistoryColumns.of(history.points());
    }

    /** The sparse layers that have a mask, and the step that the masks are of. */
    @Get("/masks")
    public MaskList masks() {
        return MaskList.of(masks.current());
    }

    /**
     * A layer's mask, or a window of it, as a picture. Of a window of at most 16384 groups there are the bits as well.
     *
     * @param parameter the weight's name
     * @param row first row of the window; from 0, the default
     * @param rows rows of the window; all by default
     * @param group first group of each row; from 0, the default
     * @param groups groups of the window; all by default
     * @param side the most cells in each direction; 128 by default, at most 512
     */
    @ExecuteOn(TaskExecutors.BLOCKING)
    @Get("/masks/{parameter}")
    @ApiResponse(
            responseCode = "200",
            description = "The picture",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Picture.class)))
    public HttpResponse<?> mask(
            @PathVariable String parameter,
            @QueryValue @Nullable Long row,
            @QueryValue @Nullable Long rows,
            @QueryValue @Nullable Long group,
            @QueryValue @Nullable Long groups,
            @QueryValue @Nullable Integer side) {
        MaskBoard.Masks current = masks.current();
        Optional<MaskBoard.Layer> layer = current.find(parameter);
        if (layer.isEmpty()) {
            return new Problem(
                            HttpStatus.NOT_FOUND,
                            parameter + " has no mask: it is no sparse layer of this job, or the job has not begun",
                            Map.of("layers", masks().layers()))
                    .response();
        }
        GroupedLayout layout = layer.get().layout();
        Window whole = MaskPicture.whole(layout);
        Window window = new Window(
                or(row, 0),
                or(rows, whole.rows() - or(row, 0)),
                or(group, 0),
                or(groups, whole.groups() - or(group, 0)));
        long most = or(side == null ? null : Long.valueOf(side), DEFAULT_SIDE);
        if (!window.fits(whole.rows(), whole.groups()) || most < 1 || most > MOST_SIDE) {
            return new Problem(
                            HttpStatus.BAD_REQUEST,
                            "the window does not lie in the mask of " + whole.rows() + " rows of " + whole.groups()
                                    + " groups, or side is not 1 to " + MOST_SIDE,
                            Map.of("example", "/job/masks/" + parameter + "?row=0&rows=1&group=0&groups=1&side=16"))
                    .response();
        }
        return HttpResponse.ok(
                new MaskPicture(layer.get(), window, bitsOf(layer.get())).draw(current.step(), (int) most));
    }

    /** Whoever looks around in a layer asks for window after window of it. */
    private GroupBits bitsOf(MaskBoard.Layer layer) {
        Looked before = looked;
        if (before != null && before.layer().equals(layer)) {
            return before.bits();
        }
        var bits = new GroupBits(layer.layout(), layer.bits().get());
        looked = new Looked(layer, bits);
        return bits;
    }

    /** A layer of one state of the masks: the next removal makes other ones. */
    private record Looked(MaskBoard.Layer layer, GroupBits bits) {}

    private static long or(@Nullable Long given, long otherwise) {
        return given == null ? otherwise : given;
    }
}
