package dev.finecomb.publish;

import dev.finecomb.KillPoint;
import dev.finecomb.KillSwitch;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The real publisher with the real producer, at whose calls a {@link KillSwitch} may end the process. */
public final class KillablePublisher {
    private KillablePublisher() {}

    public static TransactionalPublisher open(KafkaConfig config, InstantSource clock, KillSwitch kill) {
        Map<String, Object> settings = ProducerSettings.of(config, new Topics(config.prefix(), config.job()));
        return new TransactionalPublisher(new KillableProducer(settings, kill), config, clock);
    }

    private static final class KillableProducer extends KafkaProducer<byte @Nullable [], byte @Nullable []> {
        private final KillSwitch kill;
        private final Metric requests;
        private boolean holdsRecords;

        KillableProducer(Map<String, Object> settings, KillSwitch kill) {
            super(settings);
            this.kill = kill;
            this.requests = metrics().values().stream()
                    .filter(metric -> metric.metricName().group().equals("producer-metrics")
                            && metric.metricName().name().equals("request-total"))
                    .findFirst()
                    .orElseThrow();
        }

        /** Requests of every kind that were written to the socket completely. */
        private double requestsThatLeft() {
            return (double) requests.metricValue();
        }

        @Override
        public void beginTransaction() {
            kill.at(KillPoint.DURABLE_NOT_BEGUN);
            super.beginTransaction();
            holdsRecords = false;
            kill.at(KillPoint.BEGUN);
        }

        @Override
        public Future<RecordMetadata> send(
                ProducerRecord<byte @Nullable [], byte @Nullable []> record, @Nullable Callback callback) {
            if (holdsRecords) {
                kill.at(KillPoint.BETWEEN_CHUNKS);
            }
            holdsRecords = true;
            return super.send(record, callback);
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            super.sendOffsetsToTransaction(offsets, group);
            kill.at(KillPoint.OFFSETS_SENT);
        }

        @Override
        public void commitTransaction() {
            double before = requestsThatLeft();
            kill.during(KillPoint.COMMIT_SENT, () -> requestsThatLeft() > before, () -> {
                super.commitTransaction();
                return this;
            });
            kill.at(KillPoint.COMMIT_ACKNOWLEDGED);
        }
    }
}
