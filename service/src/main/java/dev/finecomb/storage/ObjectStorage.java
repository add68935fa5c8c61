package dev.finecomb.storage;

import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.protocol.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The objects below one prefix of one bucket. Names are keys below that prefix.
 *
 * <p>Reads see what was put and deleted before: the S3 API is strongly consistent. What a call did whose answer was lost is
 * unknown; {@link #putIfAbsent} reads back and decides, everything else may be repeated. Every upload carries its SHA-256,
 * which the server compares.
 *
 * <p>Credentials come by the AWS SDK's default chain, never from a setting. Safe for use by several threads.
 */
public final class ObjectStorage implements AutoCloseable {
    /** How the names of what is only put to be tried begin. */
    public static final String PROBE = ".probe-";

    /** What is uploaded at a time; an object may have 10,000 such parts. */
    static final int PART_BYTES = 16 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration DOWNLOAD = Duration.ofDays(1);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration ATTEMPT = Duration.ofMinutes(3);
    /** What is only cleaned up is not worth a long wait, retries included: somebody does it again. */
    private static final Duration CLEANING = Duration.ofSeconds(20);

    private static final int CONFLICTS = 6;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    private final S3Client client;
    /** The client does not close what it was given. */
    private final SdkHttpClient http;

    private final Place.Bucket place;
    private final int partBytes;

    private ObjectStorage(S3Client client, SdkHttpClient http, Place.Bucket place, int partBytes) {
        this.client = client;
        this.http = http;
        this.place = place;
        this.partBytes = partBytes;
    }

    /**
     * Speaks to the store that the settings name; nothing is sent yet.
     *
     * @throws UnfitStorageException if the settings and the environment don't say enough, such as no region
     */
    public static ObjectStorage open(ObjectStorageConfig config, Place.Bucket place) throws UnfitStorageException {
        SdkHttpClient http = Apache5HttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(SILENCE)
                .build();
        return open(config, place, http, PART_BYTES);
    }

    static ObjectStorage open(ObjectStorageConfig config, Place.Bucket place, SdkHttpClient http, int partBytes)
            throws UnfitStorageException {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .forcePathStyle(config.pathStyle())
                .overrideConfiguration(it -> it.apiCallAttemptTimeout(ATTEMPT))
                // Ours is the SHA-256 of each request; compatible servers stumble over the trailing kind.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        try {
            config.endpoint().map(URI::create).ifPresent(builder::endpointOverride);
            config.region().map(Region::of).ifPresent(builder::region);
            return new ObjectStorage(builder.build(), http, place, partBytes);
        } catch (SdkException | IllegalArgumentException e) {
            http.close();
            boolean regionless = config.region().isEmpty() && e instanceof SdkException;
            throw new UnfitStorageException(
                    place + " can't be spoken to: "
                            + (regionless
                                    ? "no region is set. Name one, any for a store that is not AWS's,"
                                    : e.getMessage() + ". Correct the address or the region")
                            + " as object-storage.endpoint and .region of the job, or AWS_REGION in the environment",
                    e);
        }
    }

    /** How people write the object of that name. */
    public String locate(String name) {
        return place.resolve(name);
    }

    /** Puts an object, over one of that name. */
    public void put(String name, byte[] bytes) throws IOException {
        put(name, bytes, bytes.length);
    }

    void put(String name, byte[] buffer, int length) throws IOException {
        try {
            client.putObject(
                    it -> it.bucket(place.bucket()).key(key(name)).checksumSHA256(checksum(buffer, length)),
                    body(buffer, length));
        } catch (SdkException e) {
            throw failed("put", name, e);
        }
    }

    /**
     * Puts an object if none has that name. When the answer is lost, what lies there decides.
     *
     * @return whether these very bytes lie there now; false if others do, which are left as they are
     * @throws IOException if the store failed, so that it may have been put or not
     */
    public boolean putIfAbsent(String name, byte[] bytes) throws IOException {
        for (int conflicts = 0; ; conflicts++) {
            try {
                client.putObject(
                        it -> it.bucket(place.bucket())
                                .key(key(name))
                                .ifNoneMatch("*")
                                .checksumSHA256(checksum(bytes, bytes.length)),
                        body(bytes, bytes.length));
                return true;
            } catch (SdkException e) {
                if (status(e) == PRECONDITION_FAILED) {
                    return holds(name, bytes);
                }
                if (status(e) == CONFLICT && conflicts < CONFLICTS) {
                    // Another conditional request for the name is under way; which of the two counts, it decides first.
                    pause(FIRST_PAUSE_MILLIS << conflicts, e);
                } else if (status(e) == NOT_IMPLEMENTED) {
                    throw unconditional(e);
                } else if (landed(name, bytes, e)) {
                    return true;
                } else {
                    throw failed("put", name, e);
                }
            }
        }
    }

    private boolean holds(String name, byte[] bytes) throws IOException {
        return read(name).filter(found -> Arrays.equals(found, bytes)).isPresent();
    }

    private boolean landed(String name, byte[] bytes, SdkException lost) {
        try {
            return holds(name, bytes);
        } catch (IOException unknown) {
            lost.addSuppressed(unknown);
            return false;
        }
    }

    /** The content of a small object; empty if there is none of that name. */
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(
                    client.getObjectAsBytes(it -> it.bucket(place.bucket()).key(key(name)))
                            .asByteArrayUnsafe());
        } catch (NoSuchKeyException none) {
            return Optional.empty();
        } catch (SdkException e) {
            throw failed("read", name, e);
        }
    }

    /** The length of an object; empty if there is none of that name. */
    public OptionalLong size(String name) throws IOException {
        try {
            return OptionalLong.of(
                    client.headObject(it -> it.bucket(place.bucket()).key(key(name)))
                            .contentLength());
        } catch (SdkException e) {
            if (status(e) == NOT_FOUND) {
                return listedSize(name);
            }
            throw failed("looked at", name, e);
        }
    }

    /** The answer to a look has no code of the store's: whoever stands before it may have said that there is nothing. */
    private OptionalLong listedSize(String name) throws IOException {
        return list(name).stream()
                .filter(object -> object.name().equals(name))
                .mapToLong(StoredObject::bytes)
                .findFirst();
    }

    /**
     * The SHA-256 of an object's content, in hexadecimal; nothing of it is kept.
     *
     * @throws NoSuchFileException if there is no object of that name
     */
    public String sha256(String name) throws IOException {
        try {
            return client.getObject(
                    it -> it.bucket(place.bucket())
                            .key(key(name))
                            .overrideConfiguration(own -> own.apiCallAttemptTimeout(DOWNLOAD)),
                    (_, content) -> Sha256.hex(content));
        } catch (NoSuchKeyException none) {
            throw new NoSuchFileException(locate(name));
        } catch (SdkException e) {
            throw failed("read", name, e);
        }
    }

    /**
     * Copies an object to a file, over what is there.
     *
     * @throws NoSuchFileException if there is no object of that name
     */
    public void download(String name, Path file) throws IOException {
        Files.deleteIfExists(file);
        try {
            client.getObject(
                    it -> it.bucket(place.bucket())
                            .key(key(name))
                            // The limit of an attempt is for small requests: a large state takes what it takes.
                            .overrideConfiguration(own -> own.apiCallAttemptTimeout(DOWNLOAD)),
                    ResponseTransformer.toFile(file));
        } catch (NoSuchKeyException none) {
            throw new NoSuchFileException(locate(name));
        } catch (SdkException e) {
            throw failed("read", name, e);
        }
    }

    /** Deletes an object, if it is there. */
    public void delete(String name) throws IOException {
        try {
            client.deleteObject(it -> it.bucket(place.bucket())
                    .key(key(name))
                    .overrideConfiguration(own -> own.apiCallTimeout(CLEANING)));
        } catch (SdkException e) {
            throw failed("deleted", name, e);
        }
    }

    /** The objects whose names begin so, in the order of their names. */
    public List<StoredObject> list(String beginning) throws IOException {
        int skipped = key("").length();
        try {
            return client
                    .listObjectsV2Paginator(it -> it.bucket(place.bucket()).prefix(key(beginning)))
                    .contents()
                    .stream()
                    .map(object -> new StoredObject(
                            object.key().substring(skipped), object.size(), object.eTag(), object.lastModified()))
                    .toList();
        } catch (SdkException e) {
            throw failed("listed", beginning, e);
        }
    }

    /** Begins to put an object of any size, over one of that name; it is there, whole, once the upload is finished. */
    public ObjectUpload upload(String name) {
        return new ObjectUpload(this, name, partBytes);
    }

    /**
     * Puts a file's content, over an object of that name.
     *
     * @param moving is told after each part
     * @return the SHA-256 of what was sent, in hexadecimal
     */
    public String upload(String name, Path file, Runnable moving) throws IOException {
        try (ObjectUpload upload = upload(name);
                FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = from.size();
            for (long at = 0; at < size; ) {
                at += from.transferTo(at, Math.min(partBytes, size - at), upload);
                moving.run();
            }
            upload.finish();
            return upload.sha256Hex();
        }
    }

    String beginParts(String name) throws IOException {
        try {
            return client.createMultipartUpload(
                            it -> it.bucket(place.bucket()).key(key(name)).checksumAlgorithm(ChecksumAlgorithm.SHA256))
                    .uploadId();
        } catch (SdkException e) {
            throw failed("put", name, e);
        }
    }

    CompletedPart putPart(String name, String upload, int number, byte[] buffer, int length) throws IOException {
        String checksum = checksum(buffer, length);
        try {
            String tag = client.uploadPart(
                            it -> it.bucket(place.bucket())
                                    .key(key(name))
                                    .uploadId(upload)
                                    .partNumber(number)
                                    .checksumSHA256(checksum),
                            body(buffer, length))
                    .eTag();
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(tag)
                    .checksumSHA256(checksum)
                    .build();
        } catch (SdkException e) {
            throw failed("put", name, e);
        }
    }

    void finishParts(String name, String upload, List<CompletedPart> parts, long bytes) throws IOException {
        try {
            client.completeMultipartUpload(it -> it.bucket(place.bucket())
                    .key(key(name))
                    .uploadId(upload)
                    .multipartUpload(parted -> parted.parts(parts)));
        } catch (SdkException e) {
            // The upload is gone once it was completed: then only the answer was lost.
            if (status(e) != NOT_FOUND || size(name).orElse(-1) != bytes) {
                throw failed("put", name, e);
            }
        }
    }

    void abortParts(String name, String upload) throws IOException {
        try {
            client.abortMultipartUpload(it -> it.bucket(place.bucket())
                    .key(key(name))
                    .uploadId(upload)
                    .overrideConfiguration(own -> own.apiCallTimeout(CLEANING)));
        } catch (SdkException e) {
            if (status(e) != NOT_FOUND) {
                throw failed("given up", name, e);
            }
        }
    }

    /** Gives up every upload in parts to a name that begins so; whoever is at one fails. */
    public void abortUploads(String beginning) throws IOException {
        List<MultipartUpload> uploads;
        try {
            uploads =
                    client
                            .listMultipartUploadsPaginator(
                                    it -> it.bucket(place.bucket()).prefix(key(beginning)))
                            .uploads()
                            .stream()
                            .toList();
        } catch (SdkException e) {
            throw failed("listed", beginning, e);
        }
        int skipped = key("").length();
        for (MultipartUpload upload : uploads) {
            abortParts(upload.key().substring(skipped), upload.uploadId());
        }
    }

    /**
     * Tries, with small objects that are deleted again, all that is ever done here: whether it is granted, and whether the
     * store refuses to put a second object under a name.
     *
     * @throws UnfitStorageException if it takes a second one: two owners of a job could write over each other
     */
    public void tryOut() throws IOException {
        // Somebody who cleans up may delete the first object before the second comes; hardly twice.
        boolean refuses = refusesSecond(probe());
        if (!refuses) {
            refuses = refusesSecond(probe());
        }
        if (!refuses) {
            throw unconditional(null);
        }
        String name = probe();
        abortParts(name, beginParts(name));
        abortUploads(name);
        list(name);
    }

    private static String probe() {
        return PROBE + UUID.randomUUID();
    }

    private boolean refusesSecond(String name) throws IOException {
        boolean refuses;
        try {
            refuses = putIfAbsent(name, new byte[] {1}) && !putIfAbsent(name, new byte[] {2});
        } catch (IOException failure) {
            try {
                delete(name);
            } catch (IOException more) {
                failure.addSuppressed(more);
            }
            throw failure;
        }
        delete(name);
        return refuses;
    }

    private UnfitStorageException unconditional(@Nullable Throwable cause) {
        return new UnfitStorageException(
                place
                        + " lies in a store that takes a second object under a name although If-None-Match: * forbids it, or"
                        + " does not know that condition. Without it, two owners of a job could write over each other;"
                        + " use a store that has conditional writes, or a directory",
                cause);
    }

    private String key(String name) {
        return place.key(name);
    }

    private ObjectStorageException failed(String what, String name, SdkException e) {
        String reason = String.valueOf(e.getMessage()).startsWith("Unable to load credentials")
                ? "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else"
                        + " service/docs/object-storage.md names (" + e.getMessage() + ")"
                : reason(e) + remedy(e);
        return new ObjectStorageException(locate(name) + " can't be " + what + ": " + reason, e);
    }

    /** The SDK's own words say of a failure on this machine, such as a full disk, only that there was one. */
    private static String reason(SdkException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.equals(e) ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + cause + ")";
    }

    private static String remedy(SdkException e) {
        if (status(e) != FORBIDDEN) {
            return "";
        }
        boolean known = e instanceof AwsServiceException answered
                && answered.awsErrorDetails() != null
                && List.of("SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed")
                        .contains(answered.awsErrorDetails().errorCode());
        return known
                ? "; check the credentials, and this machine's clock"
                : "; grant what service/docs/object-storage.md lists";
    }

    private static int status(SdkException e) {
        return e instanceof SdkServiceException answered ? answered.statusCode() : 0;
    }

    private static void pause(long millis, SdkException cause) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted =
                    new InterruptedIOException("told to stop while another request for the name was under way");
            interrupted.initCause(cause);
            throw interrupted;
        }
    }

    private static RequestBody body(byte[] buffer, int length) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(buffer, 0, length), length, "application/octet-stream");
    }

    private static String checksum(byte[] buffer, int length) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(buffer, 0, length);
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
