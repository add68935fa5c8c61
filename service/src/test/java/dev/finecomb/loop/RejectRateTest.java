package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectRateTest {

    @Test
    void opensWhenMoreThanTheShareOfTheLastThousandWasRejected() {
        RejectRate rate = new RejectRate(0.2);
        for (int i = 0; i < 200; i++) {
            rate.count(true);
        }
        assertThat(rate.isTooHigh()).isFalse();
        rate.count(true);
        assertThat(rate.isTooHigh()).isTrue();
        assertThat(rate.rejected()).isEqualTo(201);
    }

    @Test
    void forgetsWhatIsMoreThanAThousandRecordsAgo() {
        RejectRate rate = new RejectRate(0.2);
        for (int i = 0; i < 201; i++) {
            rate.count(true);
        }
        for (int i = 0; i < 800; i++) {
            rate.count(false);
        }
        assertThat(rate.isTooHigh()).isFalse();
        assertThat(rate.rejected()).isEqualTo(200);
    }

    @Test
    void aShareOfOneNeverOpens() {
        RejectRate rate = new RejectRate(1);
        for (int i = 0; i < 5000; i++) {
            rate.count(true);
        }
        assertThat(rate.isTooHigh()).isFalse();
    }
}
