package dev.finecomb.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach the object store of places that begin with {@code s3://}. Credentials are none of the settings: the AWS
 * SDK's default chain finds them, in the environment, a web identity's token file or a profile.
 *
 * @param endpoint address of a store that is not AWS's own
 * @param region the bucket's region
 * @param pathStyle whether the bucket's name goes into the path, not into the host
 * @param scratch a directory of this machine
 */
public record ObjectStorageConfig(
        @Setting(
                doc = "Address of an S3-compatible store, such as http://minio:9000; AWS's own without it",
                pattern = ENDPOINT,
                resumable = true)
        Optional<String> endpoint,

        @Setting(
                doc = "The bucket's region; without it, what AWS_REGION or a profile says",
                pattern = "[a-z0-9-]+",
                resumable = true)
        Optional<String> region,

        @Setting(
                doc =
                        "Whether the bucket's name goes into the path, not into the host, as most compatible stores want it",
                defaultValue = "false",
                resumable = true)
        boolean pathStyle,

        @Setting(
                doc =
                        "Holds, on this machine, checkpoints while they are loaded, models until they are uploaded, and the note of"
                                + " the step under way",
                remedy = "name a directory with room for two models and a checkpoint; it should outlive the process",
                resumable = true)
        Optional<Path> scratch) {
    /** What {@link #endpoint()} looks like; credentials have no place in it. */
    public static final String ENDPOINT = "https?://[^/ @]+/?";
}
