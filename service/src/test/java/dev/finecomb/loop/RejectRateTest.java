package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RejectRateTest {

    @Test
    void opensWhenMoreThanTheShareOfTheLastThousandWasRejected() {
        RejectRate rate = new RejectRate(0.2, "");
        for (int i = 0; i < 200; i++) {
            rate.count(true, 1);
        }
        assertThat(rate.isTooHigh()).isFalse();
        rate.count(true, 1);
        assertThat(rate.isTooHigh()).isTrue();
        assertThat(rate.rejected()).isEqualTo(201);
    }

    @Test
    void everyShareIsAllowedExactly() {
        for (int allowed = 0; allowed < 1000; allowed++) {
            RejectRate rate = new RejectRate(allowed / 1000.0, "");
            for (int i = 0; i < allowed; i++) {
                rate.count(true, 1);
            }
            assertThat(rate.isTooHigh()).as("%d", allowed).isFalse();
            rate.count(true, 1);
            assertThat(rate.isTooHigh()).as("%d", allowed).isTrue();
        }
    }

    @Test
    void forgetsWhatIsMoreThanAThousandRecordsAgo() {
        RejectRate rate = new RejectRate(0.2, "");
        for (int i = 0; i < 201; i++) {
            rate.count(true, 1);
        }
        for (int i = 0; i < 800; i++) {
            rate.count(false, 1);
        }
        assertThat(rate.isTooHigh()).isFalse();
        assertThat(rate.rejected()).isEqualTo(200);
    }

    @Test
    void recordsThatShareAStepCountOneByOne() {
        RejectRate rate = new RejectRate(0.2, "");
        rate.count(true, 201);
        assertThat(rate.isTooHigh()).isTrue();
        rate.count(false, 799);
        assertThat(rate.rejected()).isEqualTo(201);
        rate.count(false, 2);
        assertThat(rate.rejected()).isEqualTo(199);
    }

    @Test
    void aShareOfOneNeverOpens() {
        RejectRate rate = new RejectRate(1, "");
        for (int i = 0; i < 5000; i++) {
            rate.count(true, 1);
        }
        assertThat(rate.isTooHigh()).isFalse();
    }

    @Test
    void restartsChangeNothing() {
        Random random = new Random(7);
        RejectRate whole = new RejectRate(0.2, "");
        RejectRate restarted = new RejectRate(0.2, "");
        for (int i = 0; i < 5000; i++) {
            boolean rejected = random.nextInt(5) == 0;
            whole.count(rejected, 1);
            restarted.count(rejected, 1);
            if (random.nextInt(50) == 0) {
                restarted = new RejectRate(0.2, restarted.window());
            }
            assertThat(restarted.isTooHigh()).as("record %d", i).isEqualTo(whole.isTooHigh());
            assertThat(restarted.window()).isEqualTo(whole.window());
        }
    }

    @Test
    void whatIsNoWindowIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RejectRate(0.2, "?"));
        byte[] long1001 = new byte[126];
        long1001[125] = 1; // bit 1000
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RejectRate(0.2, Base64.getEncoder().encodeToString(long1001)))
                .withMessageContaining("1001 records");
    }
}
