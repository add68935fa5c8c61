package dev.finecomb.config;

import java.nio.file.Path;

/**
 * Everything that a job is told, bound and checked: the settings under {@code finecomb}.
 *
 * @param kafka the broker, the topics' names, and where a first start begins
 * @param ingest bounds of what is read ahead and of what is refused
 * @param model the pre-trained module and its tensors
 * @param training loss, optimizer and learning rate
 * @param sparsity pattern, removal window and layers
 * @param control who may give orders over HTTP
 * @param output where checkpoints and the finished model go
 */
public record FinecombConfig(
        KafkaConfig kafka,
        IngestConfig ingest,
        ModelConfig model,
        TrainingConfig training,
        SparsityConfig sparsity,
        ControlConfig control,
        @Inline Output output) {

    /**
     * What the job writes.
     *
     * @param checkpoint durable trainer state
     * @param export the finished model
     * @param objectStorage how to reach places in an object store
     */
    public record Output(CheckpointConfig checkpoint, ExportConfig export, ObjectStorageConfig objectStorage) {}

    /** Where and how often trainer state becomes durable. */
    public CheckpointConfig checkpoint() {
        return output.checkpoint();
    }

    /** Where the finished model goes, and what follows it. */
    public ExportConfig export() {
        return output.export();
    }

    /** How to reach places in an object store. */
    public ObjectStorageConfig objectStorage() {
        return output.objectStorage();
    }

    /** A directory of this machine for what belongs to the job but to no checkpoint: where the checkpoints lie, or scratch. */
    public Path nearby() {
        return switch (checkpoint().directory()) {
            case Place.Directory(Path path) -> path;
            case Place.Bucket _ -> objectStorage().scratch().orElseThrow();
        };
    }
}
