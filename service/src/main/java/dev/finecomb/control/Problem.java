package dev.finecomb.control;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error as RFC 9457 has it: {@code application/problem+json} with {@code title}, {@code status}, {@code detail}, and what
 * else helps.
 *
 * @param status the HTTP status
 * @param detail what was wrong, and what was expected
 * @param more further members, by name
 */
record Problem(HttpStatus status, String detail, Map<String, Object> more) {
    static final String TYPE = MediaType.APPLICATION_JSON_PROBLEM;

    Problem {
        more = new LinkedHashMap<>(more);
    }

    Problem(HttpStatus status, String detail) {
        this(status, detail, Map.of());
    }

    /** The problem's members. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", status.getReason());
        document.put("status", status.getCode());
        document.put("detail", detail);
        document.putAll(more);
        return document;
    }

    /** The answer that tells of it. */
    MutableHttpResponse<Map<String, Object>> response() {
        return HttpResponse.<Map<String, Object>>status(status).body(document()).contentType(TYPE);
    }
}
