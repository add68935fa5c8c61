package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.loop.JobState.Running;
import org.junit.jupiter.api.Test;

class JobStateTest {

    @Test
    void theScheduleDecidesBetweenLearningRemovingAndSettling() {
        assertThat(Running.at(6, 6, false)).isInstanceOf(JobState.Learning.class);
        assertThat(Running.at(6, 5, false)).isInstanceOf(JobState.Removing.class);
        assertThat(Running.at(6, 1, true)).isInstanceOf(JobState.Settling.class);
    }

    @Test
    void aPauseGoesBackToWhereItCameFrom() {
        for (Running running :
                new Running[] {new JobState.Learning(), new JobState.Removing(), new JobState.Settling()}) {
            assertThat(running.pause().resume()).isEqualTo(running);
        }
    }

    @Test
    void anExportEndsFinalizedOrGoesOnSettling() {
        JobState.Exporting exporting = new JobState.Settling().export();

        assertThat(exporting.finish()).isInstanceOf(JobState.Finalized.class);
        assertThat(exporting.backToSettling()).isInstanceOf(JobState.Settling.class);
        assertThat(exporting.finish().goOn()).isInstanceOf(JobState.Settling.class);
        assertThat(exporting.finish().exportAgain()).isInstanceOf(JobState.Exporting.class);
    }
}
