package dev.finecomb.storage;

import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server that speaks the S3 API, in this process, with one bucket. It checks signatures, checksums and conditions. */
public final class ObjectServer implements AutoCloseable {
    public static final String ACCESS_KEY = "finecomb";
    public static final String SECRET_KEY = "a-secret-of-the-tests";

    private static final String BUCKET = "checkpoints";
    private static final String REGION = "us-east-1";
    /** The least that the API allows. */
    public static final int PART_BYTES = 5 << 20;

    private final S3Proxy proxy;

    private ObjectServer(S3Proxy proxy) {
        this.proxy = proxy;
    }

    /** Starts one. From now on this process finds its credentials, as the default chain does. */
    public static ObjectServer start() throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new TransientNio2BlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .build();
        proxy.start();
        System.setProperty("aws.accessKeyId", ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SECRET_KEY);
        var server = new ObjectServer(proxy);
        try (S3Client client = S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder())
                .endpointOverride(URI.create(server.endpoint()))
                .region(Region.of(REGION))
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .build()) {
            client.createBucket(it -> it.bucket(BUCKET));
        }
        return server;
    }

    public String endpoint() {
        return "http://127.0.0.1:" + proxy.getPort();
    }

    /** The JVM's arguments of a process that finds its credentials likewise. */
    public static List<String> credentials() {
        return List.of("-Daws.accessKeyId=" + ACCESS_KEY, "-Daws.secretAccessKey=" + SECRET_KEY);
    }

    /** A place of the bucket that nothing lies in. */
    public static Place.Bucket place() {
        return new Place.Bucket(BUCKET, "test/" + UUID.randomUUID());
    }

    /** What a service needs to be told. */
    public ObjectStorageConfig config() {
        return new ObjectStorageConfig(Optional.of(endpoint()), Optional.of(REGION), true, Optional.empty());
    }

    /** The same as a job's settings write it. */
    public Map<String, Object> settings() {
        return Map.of(
                "object-storage.endpoint",
                endpoint(),
                "object-storage.region",
                REGION,
                "object-storage.path-style",
                true);
    }

    /** Speaks to it as the service does, with smaller parts. */
    public ObjectStorage storage(Place.Bucket place) throws IOException {
        return storage(place, Apache5HttpClient.create());
    }

    /** The same through a network of the test's own. */
    public ObjectStorage storage(Place.Bucket place, SdkHttpClient http) throws IOException {
        return ObjectStorage.open(config(), place, http, PART_BYTES);
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the object store does not stop", e);
        }
    }
}
