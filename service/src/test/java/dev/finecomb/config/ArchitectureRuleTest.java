package dev.finecomb.config;

import static dev.finecomb.config.ConfigFixtures.bound;
import static dev.finecomb.config.ConfigFixtures.file;
import static dev.finecomb.config.ConfigFixtures.least;
import static dev.finecomb.config.ConfigFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that can't be made are refused with the setting that says so. */
class ArchitectureRuleTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind=transformer               | one of mlp, cnn
            inputs=wide                    | each element a whole number
            inputs=0                       | at least 1
            inputs=,                       | the shape of a sample
            inputs=28,28                   | [channels, height, width]
            inputs=1,3,28                  | 3 by 28
            channels=,                     | output channels of each convolution
            channels=0                     | at least 1
            channels=8,8,8,8,8             | 28 by 28
            channels=16000000,16000000     | less than 2^29 weights
            hidden=-1                      | at least 1
            hidden=99999999                | at most 16777216
            hidden=16000000                | less than 2^29 weights
            classes=0                      | at least 1
            classes=ten                    | a whole number
            """)
    void oneProblemNamesTheSetting(String wrong, String said) {
        String[] setting = wrong.split("=", 2);
        Map<String, Object> settings = described();
        settings.put("finecomb.model.architecture." + setting[0], setting[1]);

        assertThat(problems(file(settings))).singleElement().satisfies(problem -> {
            assertThat(problem.name()).startsWith("finecomb.model.architecture.");
            assertThat(problem.text()).contains(said);
        });
    }

    @Test
    void anMlpHasNoConvolutions() {
        Map<String, Object> settings = described();
        settings.put("finecomb.model.architecture.kind", "mlp");

        assertThat(problems(file(settings)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .startsWith("finecomb.model.architecture.channels:")
                        .contains("an mlp has no convolutions"));
        settings.remove("finecomb.model.architecture.channels");
        assertThat(bound(file(settings)).model().architecture()).isPresent();
    }

    @Test
    void labelsStayBelowTheNetworksOutputs() {
        Map<String, Object> settings = described();
        settings.put("finecomb.model.classes", "11");

        assertThat(problems(file(settings)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .startsWith("finecomb.model.classes: found \"11\"")
                        .contains("at most finecomb.model.architecture.classes"));
    }

    private static Map<String, Object> described() {
        Map<String, Object> settings = least();
        settings.remove("finecomb.model.uri");
        settings.putAll(FullConfiguration.architecture());
        return settings;
    }
}
