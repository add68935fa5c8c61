package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectRateTest {

    @Test
    void opensWhenMoreThanTheShareOfTheLastThousandWasRejected() {
        RejectRate rate = new RejectRate(0.2);
        for (int i = 0; i < 200; i++) {
            rate.count(true, 1);
        }
        assertThat(rate.isTooHigh()).isFalse();
        rate.count(true, 1);
        assertThat(rate.isTooHigh()).isTrue();
        assertThat(rate.rejected()).isEqualTo(201);
    }

    @Test
    void forgetsWhatIsMoreThanAThousandRecordsAgo() {
        RejectRate rate = new RejectRate(0.2);
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
        RejectRate rate = new RejectRate(0.2);
        rate.count(true, 201);
        assertThat(rate.isTooHigh()).isTrue();
        rate.count(false, 799);
        assertThat(rate.rejected()).isEqualTo(201);
        rate.count(false, 2);
        assertThat(rate.rejected()).isEqualTo(199);
    }

    @Test
    void aShareOfOneNeverOpens() {
        RejectRate rate = new RejectRate(1);
        for (int i = 0; i < 5000; i++) {
            rate.count(true, 1);
        }
        assertThat(rate.isTooHigh()).isFalse();
    }
}
