package dev.finecomb.config;

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
     * What the job writes to disk.
     *
     * @param checkpoint durable trainer state
     * @param export the finished model
     */
    public record Output(CheckpointConfig checkpoint, ExportConfig export) {}

    /** Where and how often trainer state becomes durable. */
    public CheckpointConfig checkpoint() {
        return output.checkpoint();
    }

    /** Where the finished model goes, and what follows it. */
    public ExportConfig export() {
        return output.export();
    }
}
