package dev.finecomb.control;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.finecomb.HeadlessBrowser;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.status.Boards;
import dev.finecomb.status.History;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.LayerStatus;
import dev.finecomb.status.MaskBoard;
import dev.finecomb.status.StatusFixtures;
import dev.finecomb.status.TrainingStatus;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The live page of a job of 500 layers and a million steps, in a browser. */
@MicronautTest
class LargeJobPageIT {
    private static final int LAYERS = 500;
    private static final int STEPS = 1_000_000;
    private static final List<Long> SHAPE = List.of(256L, 512L);

    private final Boards boards;
    private final EmbeddedServer server;

    LargeJobPageIT(Boards boards, EmbeddedServer server) {
        this.boards = boards;
        this.server = server;
    }

    @Test
    void aLargeJobIsShownWhole() {
        hangUp();
        try (HeadlessBrowser browser = HeadlessBrowser.startOrSkip()) {
            Page page = browser.open(server.getURI() + "/");

            assertThat(page.locator("#layers tr")).hasCount(LAYERS);
            page.waitForFunction("() => document.getElementById('learning').dataset.points >= 1000");
            assertThat(Integer.parseInt(page.locator("#learning").getAttribute("data-points")))
                    .isLessThanOrEqualTo(History.MOST_POINTS + 1);
            // Pictures come when their row is looked at, not all at once.
            Locator last = page.locator("#layers tr").last().locator("canvas");
            assertThat(width(last)).isEqualTo(300);
            last.scrollIntoViewIfNeeded();
            page.waitForFunction("() => document.querySelector('#layers tr:last-child canvas').width === 43");
            HeadlessBrowser.shoot(page, "large");
            assertThat(browser.errors()).isEmpty();
        }
    }

    private static int width(Locator canvas) {
        return Integer.parseInt(String.valueOf(canvas.evaluate("canvas => canvas.width")));
    }

    private void hangUp() {
        var layout = new GroupedLayout(SHAPE, 4);
        byte[] bits = new byte[Math.toIntExact(layout.elements() / Byte.SIZE)];
        List<LayerStatus> layers = new ArrayList<>();
        List<MaskBoard.Layer> masks = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            String name = "blocks." + i + ".weight";
            layers.add(new LayerStatus(name, SHAPE, true, "input features (512) form groups of 4", 131_072, 65_536));
            masks.add(new MaskBoard.Layer(name, layout, () -> bits));
        }
        for (int step = 1; step <= STEPS; step++) {
            boards.history().add(new History.Step(step, 1 + Math.sin(step * 1e-4), OptionalDouble.of(0.5), 3, 0.75));
        }
        boards.masks().publish(new MaskBoard.Masks(STEPS, masks));
        JobStatus status = StatusFixtures.removing();
        TrainingStatus training = status.training();
        boards.status()
                .publish(status.with(new TrainingStatus(
                        training.progress(), training.metrics(), new TrainingStatus.Sparsity(3, 6, 0.75, layers))));
    }
}
