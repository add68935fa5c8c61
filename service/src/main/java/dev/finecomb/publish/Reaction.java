package dev.finecomb.publish;

import java.util.List;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;

/** What a producer's error demands. The client wraps: the whole chain of causes decides, the gravest reaction wins. */
enum Reaction {
    /** Stop: this process owns the job no longer. */
    STOP,
    /** Stop: nothing but a person changes the answer. */
    MEND,
    /** Abort and send the same again. */
    REPEAT;

    private static final List<Class<? extends Throwable>> STOPPING = List.of(
            ProducerFencedException.class,
            InvalidProducerEpochException.class,
            TransactionCoordinatorFencedException.class,
            ApplicationRecoverableException.class,
            OutOfOrderSequenceException.class,
            AuthenticationException.class);

    /** Of a kind that else means a takeover. Here it means that somebody else's consumer is in the job's group. */
    private static final List<Class<? extends Throwable>> FOREIGN_MEMBER =
            List.of(UnknownMemberIdException.class, IllegalGenerationException.class);

    private static final List<Class<? extends Throwable>> MENDING = List.of(
            AuthorizationException.class,
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            SerializationException.class,
            InvalidTopicException.class,
            InvalidTimestampException.class,
            PolicyViolationException.class,
            InvalidConfigurationException.class,
            UnsupportedForMessageFormatException.class,
            OffsetMetadataTooLarge.class,
            CommitFailedException.class,
            UnknownMemberIdException.class,
            IllegalGenerationException.class,
            ConfigException.class);

    static Reaction to(Throwable error) {
        Reaction gravest = REPEAT;
        for (Throwable link = error; link != null && gravest != STOP; link = link.getCause()) {
            if (isAny(link, STOPPING) && !isAny(link, FOREIGN_MEMBER)) {
                gravest = STOP;
            } else if (isAny(link, MENDING)) {
                gravest = MEND;
            }
        }
        return gravest;
    }

    private static boolean isAny(Throwable link, List<Class<? extends Throwable>> classes) {
        return classes.stream().anyMatch(type -> type.isInstance(link));
    }
}
