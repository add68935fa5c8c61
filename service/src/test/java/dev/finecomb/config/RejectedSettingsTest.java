package dev.finecomb.config;

import static dev.finecomb.config.ConfigFixtures.file;
import static dev.finecomb.config.ConfigFixtures.leastWith;
import static dev.finecomb.config.ConfigFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row: the settings that are wrong beside the least configuration, and what the one problem says. */
class RejectedSettingsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kafka.bootstrap-servers=localhost          | host:port
            kafka.job=Digits                           | lower-case letters
            kafka.prefix=a b                           | letters, digits
            kafka.create-topics=yes                    | true or false
            kafka.start-offset=middle                  | earliest, latest
            kafka.transaction-timeout=60               | a duration with its unit
            kafka.transaction-timeout=2h               | at most 3600s
            kafka.transaction-timeout=0s               | at least 1s
            kafka.connect-timeout=soon                 | a duration with its unit
            kafka.connect-timeout=PX                   | a duration with its unit
            kafka.delivery=twice                       | exactly-once, at-least-once
            kafka.properties.transactional.id=x        | exactly-once
            kafka.properties.delivery.timeout.ms=1     | exactly-once
            kafka.properties.client.id=x               | remove it
            kafka=localhost                            | known settings
            ingest.prefetch-bytes=64MB                 | 8MiB
            ingest.prefetch-bytes=1MiB                 | finecomb.ingest.max-record-bytes
            ingest.max-record-bytes=9GiB               | at most 2147483647
            ingest.max-reject-ratio=20                 | at most 1
            ingest.merge=random                        | ordered, arrival
            model.uri=http://host/model.pt             | a path, a file: URI or s3://bucket/key
            model.uri=s3://bucket                      | s3://bucket/key
            object-storage.endpoint=http://me:secret@s3 | a text that matches
            object-storage.scratch=/var/finecomb/export/s | finecomb.export.directory
            object-storage.endpoint=minio:9000         | a text that matches
            model.uri=s3://bucket/models/              | s3://bucket/key
            model.sha256=abc                           | sha256sum
            model.device=tpu                           | cpu, gpu, auto
            model.inputs=,                             | at least one tensor name
            model.labels=,                             | at least one tensor name
            model.labels=x                             | differ
            model.classes=ten                          | a whole number
            model.classes=0                            | at least 1
            model.normalize.scale=0                    | above 0
            model.normalize.std=0                      | above 0
            model.normalize.mean=a                     | a list
            model.normalize.mean=,                     | one a channel
            model.normalize.mean=1,2;model.normalize.std=1,2,3 | as many
            training.loss=hinge                        | softmax-cross-entropy, binary-cross-entropy, mean-squared-error
            training.label-smoothing=1                 | below 1
            training.loss=mean-squared-error;training.label-smoothing=.1 | 0 unless
            training.optimizer.kind=lion               | sgd, adamw
            training.optimizer.momentum=-0.1           | at least 0
            training.optimizer.nesterov=true;training.optimizer.momentum=0 | momentum above 0
            training.optimizer.nesterov=true;training.optimizer.kind=adamw | momentum above 0
            training.optimizer.weight-decay=-1         | at least 0
            training.optimizer.decoupled=1             | true or false
            training.optimizer.beta1=1                 | below 1
            training.optimizer.beta2=1                 | below 1
            training.optimizer.epsilon=0               | above 0
            training.learning-rate.kind=linear         | constant, cosine, step
            training.learning-rate.base=0              | above 0
            training.learning-rate.base=NaN            | a number
            training.learning-rate.warmup-steps=-1     | at least 0
            training.learning-rate.floor=1             | finecomb.training.learning-rate.base
            training.learning-rate.kind=cosine         | the step at which the cosine ends
            training.learning-rate.kind=cosine;training.learning-rate.total-steps=5;training.learning-rate.warmup-steps=5 | more than
            training.learning-rate.kind=step;training.learning-rate.gamma=.1     | steps between two reductions
            training.learning-rate.kind=step;training.learning-rate.step-size=10 | the factor of one reduction
            training.learning-rate.gamma=2             | at most 1
            training.gradient-clip=-1                  | at least 0
            training.batch-size=0                      | at least 1
            training.batch-size=6.4                    | a whole number
            training.seed=1.5                          | a whole number
            training.threads=0                         | at least 1
            training.check-finite=maybe                | true or false
            sparsity.pattern=two of four               | N:M
            sparsity.pattern=0:4                       | N of at least 1
            sparsity.pattern=5:4                       | N below M
            sparsity.pattern=4:4                       | N below M
            sparsity.pattern=2:32                      | M of at most 16
            sparsity.pattern=8:16                      | 12870
            sparsity.pattern=8:16                      | set finecomb.sparsity.variant to linear
            sparsity.variant=magnitude                 | exact, linear
            sparsity.removal-start=300                 | more than finecomb.sparsity.removal-start
            sparsity.removal-end=0                     | at least 1
            sparsity.exponent=0                        | at least 1
            sparsity.settle-steps=-1                   | at least 0
            sparsity.score.learning-rate=0             | above 0
            sparsity.score.momentum=1                  | below 1
            sparsity.score.weight-decay=-1             | at least 0
            sparsity.score.half-life=-1                | at least 0
            checkpoint.directory=/var/finecomb/export  | neither inside the other
            checkpoint.directory=/var/finecomb         | neither inside the other
            checkpoint.directory=s3://Bucket/a         | a path or s3://bucket/prefix
            checkpoint.directory=gs://bucket/a         | a path or s3://bucket/prefix
            checkpoint.directory=s3://bucket/a         | needed by every place that begins with s3://
            object-storage.scratch=/var/finecomb/export/s | finecomb.export.directory
            object-storage.endpoint=minio:9000         | a text that matches
            checkpoint.every-steps=0                   | at least 1
            checkpoint.every=1ms                       | at least 0.1s
            checkpoint.keep=-1                         | at least 0
            checkpoint.on-corrupt=ignore               | stop, rewind
            checkpoint.outbox-bytes=0                  | at least 1024
            export.when-finished=exit                  | idle, stop, continue
            export.when-finished=continue              | steps between two exports
            export.every-steps=0                       | at least 1
            typo                                       | remove it
            """)
    void oneProblemNamesTheSetting(String wrong, String said) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (String setting : wrong.split(";", -1)) {
            String[] parts = setting.split("=", 2);
            settings.put("finecomb." + parts[0], parts.length < 2 ? "" : parts[1]);
        }

        assertThat(problems(file(leastWith(settings))))
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains(said));
    }
}
