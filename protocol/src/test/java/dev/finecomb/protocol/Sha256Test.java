package dev.finecomb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    // FIPS 180-4, example "abc"
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void allThreeFormsAgree(@TempDir Path folder) throws IOException {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer within = ByteBuffer.wrap("-abc-".getBytes(StandardCharsets.US_ASCII), 1, 3);

        assertThat(Sha256.hex(abc)).isEqualTo(ABC);
        assertThat(Sha256.hex(within)).isEqualTo(ABC);
        assertThat(within.position()).isEqualTo(1);
        assertThat(Sha256.hex(Files.write(folder.resolve("abc"), abc))).isEqualTo(ABC);
    }

    @Test
    void onlyLowerCaseDigestsAreDigests() {
        assertThat(Sha256.isHex(ABC)).isTrue();
        assertThat(Sha256.isHex(ABC.replace('b', 'B'))).isFalse();
        assertThat(Sha256.isHex(ABC.substring(1))).isFalse();
        assertThat(Sha256.isHex(ABC.replace('b', 'g'))).isFalse();
    }
}
