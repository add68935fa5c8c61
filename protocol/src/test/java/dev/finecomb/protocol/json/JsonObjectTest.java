package dev.finecomb.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "[]",
                "\"a\"",
                "{",
                "{\"a\":1}}",
                "{\"a\":1}{}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":1,}",
                "{/**/\"a\":1}",
                "{\"a\":\"\n\"}",
                "\uFEFF{\"a\":1}"
            })
    void anythingButOneStrictObjectIsRefused(String text) {
        assertThat(refusal(text.getBytes(UTF_8)).field()).isEqualTo("(value)");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThat(refusal("{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1))
                        .expected())
                .isEqualTo("UTF-8 text");
        assertThat(refusal("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)).field())
                .isEqualTo("(value)");
    }

    @Test
    void everyDimensionIsBounded() {
        assertThat(refusal(("{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}").getBytes(UTF_8))
                        .field())
                .isEqualTo("(value)");
        assertThat(refusal(("{\"a\":" + "1".repeat(100) + "}").getBytes(UTF_8)).field())
                .isEqualTo("(value)");
        assertThat(refusal(("{\"" + "n".repeat(1000) + "\":1}").getBytes(UTF_8)).field())
                .isEqualTo("(value)");
        assertThat(refusal(new byte[StrictJson.MAX_BYTES + 1]).expected()).isEqualTo("at most 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"b\":1} | no such field",
                "{\"a\":null} | null",
                "{\"a\":\"1\"} | \"1\"",
                "{\"a\":1.0} | 1.0",
                "{\"a\":1e2} | 100.0",
                "{\"a\":9223372036854775808} | 9223372036854775808",
                "{\"a\":true} | true",
                "{\"a\":[1]} | an array",
                "{\"a\":{}} | an object"
            })
    void aWholeNumberIsNothingElse(String json, String found) {
        MalformedMessageException refusal = catchThrowableOfType(
                MalformedMessageException.class, () -> JsonObject.decode(json.getBytes(UTF_8), in -> in.whole("a")));

        assertThat(refusal.field()).isEqualTo("a");
        assertThat(refusal.found()).isEqualTo(found);
    }

    @Test
    void numbersBeyondTheirTypesAreRefused() {
        assertThatThrownBy(() -> JsonObject.decode("{\"a\":1e999}".getBytes(UTF_8), in -> in.real("a")))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> JsonObject.decode("{\"a\":2147483648}".getBytes(UTF_8), in -> in.smallWhole("a")))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void complaintsNameThePath() {
        byte[] json = "{\"layers\":[{\"chunks\":[{\"key\":\"k\"},{\"key\":7}]}]}".getBytes(UTF_8);

        assertThatThrownBy(() -> JsonObject.decode(
                        json, in -> in.objects("layers", layer -> layer.objects("chunks", chunk -> chunk.text("key")))))
                .hasMessage("layers[0].chunks[1].key: expected text, found 7");
    }

    @Test
    void whatConstructorsRefuseIsMalformedHere() {
        assertThatThrownBy(() -> JsonObject.decode(
                        "{\"in\":{}}".getBytes(UTF_8),
                        in -> in.object("in", _ -> {
                            throw new InvalidValueException("field", "this", "that");
                        })))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("in.field: expected this, found that");
    }

    @Test
    void longFindingsAreShortened() {
        byte[] json = ("{\"a\":\"" + "x".repeat(100_000) + "\"}").getBytes(UTF_8);

        assertThatThrownBy(() -> JsonObject.decode(json, in -> in.whole("a")))
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void noBytesWhateverMakeAnythingButAValueOrARefusal() {
        byte[] seed = "{\"job\":\"digits\",\"a\":[1,2.5e-3,{\"b\":\"\\u00e9é\\ud83d\\ude00\"}],\"c\":null,\"d\":true}"
                .getBytes(UTF_8);
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = seed.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                JsonObject.decode(bytes, JsonObject::names);
            } catch (MalformedMessageException refused) {
                assertThat(refused.field()).isNotEmpty();
            }
        }
    }

    private static MalformedMessageException refusal(byte[] value) {
        MalformedMessageException refusal = catchThrowableOfType(
                MalformedMessageException.class, () -> JsonObject.decode(value, JsonObject::names));
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
