package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object is one that its API knows: no field too many, none missing, none of another type. */
class ChartModelTest {

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyObjectIsOneOfItsModel(String set) {
        for (ObjectNode object : Chart.render(set).all()) {
            assertThatCode(() -> StrictModel.decode(object))
                    .as(Manifests.describe(object))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyKindRefusesAFieldThatItDoesNotKnow() {
        Map<String, ObjectNode> oneOfEach = new TreeMap<>();
        Chart.valueSets()
                .forEach(set -> Chart.render(set)
                        .all()
                        .forEach(object -> oneOfEach.put(
                                object.path("apiVersion").asText()
                                        + object.path("kind").asText(),
                                object)));

        assertThat(oneOfEach).hasSize(15);
        oneOfEach.forEach((kind, object) -> {
            ObjectNode wrong = object.deepCopy();
            ObjectNode place = wrong.has("spec") ? (ObjectNode) wrong.path("spec") : wrong;
            place.put("nonsense", 1);
            assertThatThrownBy(() -> StrictModel.decode(wrong)).as(kind).hasMessageContaining("nonsense");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /spec                                              | replicas                      | two
            /spec                                              | selector                      | null
            /spec/template/spec                                | terminationGracePeriodSeconds | 1m
            /spec/template/spec/containers/0                   | name                          | null
            /spec/template/spec/containers/0                   | imagePullPolicy               | {}
            /spec/template/spec/containers/0/ports/0           | containerPort                 | http
            /spec/template/spec/containers/0/startupProbe      | initialDelay                  | 3
            /spec/template/spec/containers/0/resources/limits  | memory                        | 4 lots
            /spec/template/spec/containers/0/securityContext   | readOnlyRootFileSystem        | true
            /spec/template/spec/volumes/0                      | config                        | {}
            """)
    void whatIsWrongDeepInsideIsFound(String where, String field, String value) {
        ObjectNode wrong = Chart.render("minimal").one("StatefulSet", "finecomb-digits");
        ((ObjectNode) wrong.at(where)).set(field, Manifests.parse(value));

        assertThatThrownBy(() -> StrictModel.decode(wrong)).isInstanceOf(Exception.class);
    }
}
