package dev.finecomb.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** The way to the real server, on which requests, answers and the process itself may be lost. */
public final class FaultyNetwork implements SdkHttpClient {
    /** What happens to one request. */
    public sealed interface Fate {
        /** Nothing. */
        record Passes() implements Fate {}

        /** The server never hears of it. */
        record Lost() implements Fate {}

        /** The server does it, the answer gets lost. */
        record Unanswered() implements Fate {}

        /** Somebody before the server answers so. */
        record Refused(int status, String code) implements Fate {}

        /** The answer's content ends early. */
        record CutShort() implements Fate {}

        /** The process dies before it is sent, and sends nothing ever after. */
        record DiesBefore() implements Fate {}

        /** The process dies when the server did it. */
        record DiesAfter() implements Fate {}

        /** The server says of no condition that it does not hold. */
        record Unconditional() implements Fate {}
    }

    /** The process is no more. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final SdkHttpClient real = Apache5HttpClient.create();
    private final BiFunction<SdkHttpRequest, Integer, Fate> fates;
    private final List<String> requests = new ArrayList<>();
    private boolean dead;

    /** @param fates decides by the request and its number, from 0 */
    public FaultyNetwork(BiFunction<SdkHttpRequest, Integer, Fate> fates) {
        this.fates = fates;
    }

    /** Method and last word of the path of each request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return execute(request);
            }

            @Override
            public void abort() {}
        };
    }

    private HttpExecuteResponse execute(HttpExecuteRequest request) throws IOException {
        if (dead) {
            throw new Died();
        }
        SdkHttpRequest http = request.httpRequest();
        int number = requests.size();
        requests.add(http.method() + " "
                + http.encodedPath().substring(http.encodedPath().lastIndexOf('/') + 1));
        return switch (fates.apply(http, number)) {
            case Fate.Passes _ -> real.prepareRequest(request).call();
            case Fate.Lost _ -> throw new IOException("connection refused");
            case Fate.Unanswered _ -> {
                finish(real.prepareRequest(request).call());
                throw new IOException("connection reset");
            }
            case Fate.Refused(int status, String code) -> answer(status, code);
            case Fate.CutShort _ -> cut(real.prepareRequest(request).call());
            case Fate.DiesBefore _ -> throw die();
            case Fate.DiesAfter _ -> {
                finish(real.prepareRequest(request).call());
                throw die();
            }
            case Fate.Unconditional _ -> {
                HttpExecuteResponse response = real.prepareRequest(request).call();
                yield response.httpResponse().statusCode() == 412 ? answer(200, "") : response;
            }
        };
    }

    private Died die() {
        dead = true;
        return new Died();
    }

    private static void finish(HttpExecuteResponse response) throws IOException {
        Optional<AbortableInputStream> body = response.responseBody();
        if (body.isPresent()) {
            try (AbortableInputStream open = body.get()) {
                open.readAllBytes();
            }
        }
    }

    private static HttpExecuteResponse cut(HttpExecuteResponse response) throws IOException {
        byte[] whole = response.responseBody().orElseThrow().readAllBytes();
        // Whoever reads on gets an exception.
        InputStream end = InputStream.nullInputStream();
        end.close();
        var half = new SequenceInputStream(new ByteArrayInputStream(whole, 0, whole.length / 2), end);
        return HttpExecuteResponse.builder()
                .response(response.httpResponse())
                .responseBody(AbortableInputStream.create(half))
                .build();
    }

    private static HttpExecuteResponse answer(int status, String code) {
        byte[] body = ("<Error><Code>" + code + "</Code><Message>as the test wants it</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        return HttpExecuteResponse.builder()
                .response(SdkHttpFullResponse.builder()
                        .statusCode(status)
                        .putHeader("Content-Length", Integer.toString(body.length))
                        .build())
                .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                .build();
    }

    @Override
    public String clientName() {
        return "faulty";
    }

    @Override
    public void close() {
        real.close();
    }
}
