package dev.finecomb.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.finecomb.HeadlessBrowser;
import dev.finecomb.ServiceProcess;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page as a person uses it: in a browser, beside the demo's job on a real broker, through a restart of the service. */
class LivePageIT {
    private static final int STEPS = 600;
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final String IDLE = "--finecomb.export.when-finished=idle";
    private static final double MILLIS = 240_000;

    @TempDir
    Path directory;

    @Test
    void aJobIsWatchedFromItsFirstStepToItsEnd() throws Exception {
        try (HeadlessBrowser browser = HeadlessBrowser.startOrSkip();
                EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            DemoJob job = DemoJob.prepare(broker, "page", STEPS, directory);
            try (ServiceProcess first = ServiceProcess.start(job.settings(), IDLE)) {
                first.awaitJob(_ -> true, LONG);
                Page page = browser.open("http://127.0.0.1:" + first.port() + "/");
                watchItLearn(page);
                lookAtAMask(page);
                first.terminate();
                assertThat(first.exitCode(LONG)).isZero();
                assertThat(page.locator("#lost")).isVisible(longer());
                try (ServiceProcess second = ServiceProcess.startAt(first.port(), job.settings(), IDLE)) {
                    watchItFinish(page);
                    requireAccessible(page);
                    stop(page);
                    assertThat(second.exitCode(LONG)).isZero();
                }
                assertThat(browser.errors()).isEmpty();
            }
        }
    }

    private static void watchItLearn(Page page) {
        Locator state = page.locator("#state");
        assertThat(state).hasText(Pattern.compile("learning|removing"), longText());
        assertThat(page.locator("#learning canvas")).isVisible();
        page.waitForFunction("() => document.getElementById('learning').dataset.points > 5");
        int before = points(page);
        page.waitForFunction("seen => document.getElementById('learning').dataset.points > seen + 5", before);

        order(page, "Pause");
        assertThat(state).hasText("paused", longText());
        assertThat(page.locator("#answer")).containsText("pause: applied at step", containsLong());
        HeadlessBrowser.shoot(page, "paused");
        assertThat(page.getByText("Resume", exactly())).isEnabled();
        order(page, "Resume");
        assertThat(state).hasText(Pattern.compile("learning|removing"), longText());
    }

    private static void lookAtAMask(Page page) {
        Locator row = page.locator("#layers tr").filter(new Locator.FilterOptions().setHasText("conv1.weight"));
        assertThat(row).containsText("input channels per convolution group (32) form groups of 4");
        // After the second removal of five a group of four may have lost a weight.
        page.waitForFunction(
                "() => [...document.querySelectorAll('#layers tr')].some("
                        + "row => row.textContent.includes('conv1.weight') && !row.textContent.includes('100.0 %'))",
                null, new Page.WaitForFunctionOptions().setTimeout(MILLIS));
        row.locator("button").click();
        Locator words = page.locator("#mask-words");
        assertThat(words).containsText("rows 0 to 575 of 576, groups 0 to 7 of 8, 4 weights a group");
        for (int i = 0; i < 12 && !"weights".equals(detail(page)); i++) {
            page.locator("#mask-in").click();
            page.waitForTimeout(100);
        }
        assertThat(detail(page)).isEqualTo("weights");
        HeadlessBrowser.shoot(page, "mask");
        page.locator("#mask-close").click();
    }

    private static String detail(Page page) {
        return page.locator("#mask-canvas").getAttribute("data-detail");
    }

    private static void watchItFinish(Page page) {
        assertThat(page.locator("#lost")).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(MILLIS));
        assertThat(page.locator("#state")).hasText("finalized", longText());
        assertThat(page.locator("#figures")).containsText("600 of 600");
        assertThat(page.locator("#figures")).containsText("1 of 6");
        assertThat(page.locator("#figures")).containsText("50.0 %");
        assertThat(page.locator("#commits tr").first()).containsText("600");
        // What the first process trained is shown as well.
        await().pollInSameThread()
                .atMost(LONG)
                .until(() -> Integer.valueOf(STEPS)
                        .equals(page.evaluate("async () => (await (await fetch('/job/history')).json()).step.length")));
        HeadlessBrowser.shoot(page, "finalized");
    }

    private static void requireAccessible(Page page) throws Exception {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            page.evaluate(axe());
            Object serious = page.evaluate("async () => (await axe.run()).violations"
                    + ".filter(found => ['serious', 'critical'].includes(found.impact))"
                    + ".map(found => found.id + ': ' + found.nodes.map(node => node.html).join(' '))");
            assertThat((List<?>) serious).as(scheme.name()).isEmpty();
            HeadlessBrowser.shoot(page, scheme.name().toLowerCase(Locale.ROOT));
        }
    }

    private static void stop(Page page) {
        order(page, "Stop");
        assertThat(page.locator("#lost")).isVisible(longer());
    }

    /** Presses the button, and the one that confirms. */
    private static void order(Page page, String label) {
        page.locator("#orders")
                .getByText(label, new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.locator("#confirm-words")).isVisible();
        page.locator("#confirm-yes").click();
    }

    private static int points(Page page) {
        return Integer.parseInt(page.locator("#learning").getAttribute("data-points"));
    }

    private static Page.GetByTextOptions exactly() {
        return new Page.GetByTextOptions().setExact(true);
    }

    private static LocatorAssertions.HasTextOptions longText() {
        return new LocatorAssertions.HasTextOptions().setTimeout(MILLIS);
    }

    private static LocatorAssertions.ContainsTextOptions containsLong() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(MILLIS);
    }

    private static LocatorAssertions.IsVisibleOptions longer() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(MILLIS);
    }

    private static String axe() throws Exception {
        String path = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
        try (InputStream source = Objects.requireNonNull(LivePageIT.class.getResourceAsStream(path), path)) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
