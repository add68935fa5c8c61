package dev.finecomb.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void namesFollowTheTable() {
        Topics topics = new Topics("acme.finecomb", "digits");

        assertThat(topics.specs())
                .extracting(TopicSpec::name)
                .containsExactly(
                        "acme.finecomb.digits.batches",
                        "acme.finecomb.digits.commands",
                        "acme.finecomb.digits.masks",
                        "acme.finecomb.digits.metrics",
                        "acme.finecomb.digits.events",
                        "acme.finecomb.digits.dead-letters",
                        "acme.finecomb.checkpoints",
                        "acme.finecomb.models");
        assertThat(topics.owner()).isEqualTo("acme.finecomb.digits");
    }

    @Test
    void theLongestLegalNamesAreLegalForKafka() {
        Topics topics = new Topics("p".repeat(150), "j".repeat(Require.MAX_JOB_LENGTH));

        assertThat(topics.specs()).allSatisfy(spec -> Topic.validate(spec.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "a.", "a b", "a/b", "ä", "a;b", "a\n"})
    void illegalPrefixesAreRefused(String prefix) {
        assertThatThrownBy(() -> new Topics(prefix, "digits"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("prefix: expected 1 to 150 characters");
        assertThatThrownBy(() -> new Topics("p".repeat(151), "digits")).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.b", "a b", "a/b", "ä", "a;b", "a\n"})
    void illegalJobsAreRefused(String job) {
        assertThatThrownBy(() -> new Topics("finecomb", job))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("job: expected 1 to 50 characters");
        assertThatThrownBy(() -> new Topics("finecomb", "j".repeat(51))).isInstanceOf(InvalidValueException.class);
    }
}
