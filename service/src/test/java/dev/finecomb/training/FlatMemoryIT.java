package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Nothing native outlives its step: removals, snapshots and refused batches included. */
class FlatMemoryIT {
    private static final int STEPS = 20_000;
    private static final int WARM = 5_000;
    private static final long LARGEST_GROWTH_KIB = 24L << 10;
    private static final Pattern REPORT = Pattern.compile("arrays (\\d+) (\\d+) resident (\\d+) (\\d+)");

    @Test
    @EnabledOnOs(OS.LINUX)
    void staysFlatOverTwentyThousandSteps() throws Exception {
        String output = run();
        Matcher report = REPORT.matcher(output);
        assertThat(report.find()).as("a report in %s", output).isTrue();
        assertThat(report.group(1)).as("fewest and most native arrays").isEqualTo(report.group(2));
        long growth = Long.parseLong(report.group(4)) - Long.parseLong(report.group(3));
        assertThat(growth).as("growth in KiB, %s", report.group()).isLessThan(LARGEST_GROWTH_KIB);
    }

    private static String run() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                FlatMemoryRun.class.getName(),
                Integer.toString(WARM),
                Integer.toString(STEPS));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = process.getInputStream()) {
            String output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
