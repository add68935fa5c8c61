package dev.finecomb.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.finecomb.ServiceProcess;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page as a person uses it: in a browser, beside the demo's job on a real broker, through a restart of the service. */
class LivePageIT {
    private static final int STEPS = 600;
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final double MILLIS = 240_000;
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    /** As root in a container Chromium needs no sandbox of its own; the others keep it from looking for its maker. */
    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run");

    @TempDir
    Path directory;

    @Test
    void aJobIsWatchedFromItsFirstStepToItsEnd() throws Exception {
        Optional<Path> chromium = chromium();
        assumeTrue(chromium.isPresent(), "no Chromium: install one (Debian: apt-get install chromium)");
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            DemoJob job = DemoJob.prepare(broker, "page", STEPS, directory);
            String idle = "--finecomb.export.when-finished=idle";
            ServiceProcess first = ServiceProcess.start(job.settings(), idle);
            try (Playwright playwright = playwright();
                    Browser browser = playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(chromium.get())
                                    .setArgs(ARGUMENTS))) {
                first.awaitJob(_ -> true, LONG);
                Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 1500));
                List<String> errors = new CopyOnWriteArrayList<>();
                page.onPageError(errors::add);
                page.navigate("http://127.0.0.1:" + first.port() + "/");
                watchItLearn(page);
                lookAtAMask(page);
                first.terminate();
                assertThat(first.exitCode(LONG)).isZero();
                assertThat(page.locator("#lost")).isVisible(longer());
                try (ServiceProcess second = ServiceProcess.startAt(first.port(), job.settings(), idle)) {
                    watchItFinish(page);
                    requireAccessible(page);
                    stop(page);
                    assertThat(second.exitCode(LONG)).isZero();
                }
                assertThat(errors).isEmpty();
            } finally {
                first.close();
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
        shoot(page, "paused");
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
        shoot(page, "mask");
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
                .until(() -> page.evaluate("async () => (await (await fetch('/job/history')).json()).step.length"), isSteps());
        shoot(page, "finalized");
    }

    private static void requireAccessible(Page page) throws Exception {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            page.evaluate(axe());
            Object serious = page.evaluate("async () => (await axe.run()).violations"
                    + ".filter(found => ['serious', 'critical'].includes(found.impact))"
                    + ".map(found => found.id + ': ' + found.nodes.map(node => node.html).join(' '))");
            assertThat((List<?>) serious).as(scheme.name()).isEmpty();
            shoot(page, scheme.name().toLowerCase(Locale.ROOT));
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

    private static Predicate<Object> isSteps() {
        return length -> length instanceof Number points && points.intValue() == STEPS;
    }

    private static int points(Page page) {
        return Integer.parseInt(page.locator("#learning").getAttribute("data-points"));
    }

    private static void shoot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
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

    private static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    private static Optional<Path> chromium() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String axe() throws Exception {
        String path = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
        try (InputStream source = Objects.requireNonNull(LivePageIT.class.getResourceAsStream(path), path)) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
