package dev.finecomb.storage;

import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import java.io.IOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** The way to the real server, beside which somebody stands. */
public final class WatchedNetwork implements SdkHttpClient {
    /** Hears of every request, on the thread that sends it. */
    public interface Watch {
        /** It is not sent yet. */
        void before(String method, String name);

        /** The server did it, and nobody knows. */
        void after(String method, String name);
    }

    private final SdkHttpClient real = Apache5HttpClient.create();
    private final Watch watch;

    public WatchedNetwork(Watch watch) {
        this.watch = watch;
    }

    /** Speaks to a server as the service does, on this way. */
    public ObjectStorage storage(ObjectStorageConfig config, Place.Bucket place) throws IOException {
        return ObjectStorage.open(config, place, this, ObjectStorage.PART_BYTES);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        SdkHttpRequest http = request.httpRequest();
        String method = http.method().name();
        String name = http.encodedPath().substring(http.encodedPath().lastIndexOf('/') + 1);
        ExecutableHttpRequest prepared = real.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                watch.before(method, name);
                HttpExecuteResponse response = prepared.call();
                watch.after(method, name);
                return response;
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    @Override
    public String clientName() {
        return "watched";
    }

    @Override
    public void close() {
        real.close();
    }
}
