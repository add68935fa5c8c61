package dev.finecomb.protocol.contract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.finecomb.reference.ReferenceDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceDocumentTest {
    @TempDir
    Path directory;

    @BeforeEach
    void documentsAreComparedNow() {
        assumeFalse(Boolean.getBoolean("reference.write"));
    }

    @Test
    void aDocumentThatSaysSomethingElseIsNamedWithLineAndRemedy() throws Exception {
        Path file = Files.writeString(directory.resolve("settings.md"), "# Settings\n\na is 1\n");
        var document = new ReferenceDocument(file.toString());

        assertThatCode(() -> document.require("# Settings\n\na is 1\n", getClass()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> document.require("# Settings\n\na is 2\n", getClass()))
                .hasMessageContaining(
                        "settings.md is not what the code says, from its line 3 (found \"a is 1\", expected"
                                + " \"a is 2\") on.")
                .hasMessageContaining("./mvnw test -Dreference.write=true -Dtest=ReferenceDocumentTest");
        assertThatThrownBy(() -> document.require("# Settings\n\na is 1\nb is 2\n", getClass()))
                .hasMessageContaining("line 4");
    }

    @Test
    void aMissingDocumentIsNoEmptyOne() {
        assertThatThrownBy(
                        () -> new ReferenceDocument(directory.resolve("none.md").toString())
                                .require("# Settings\n", getClass()))
                .isInstanceOf(AssertionError.class);
    }
}
