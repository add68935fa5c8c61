package dev.finecomb.control;

import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/**
 * No page of another site may show the live page within itself and have its visitors press its buttons: those orders would come
 * from the page's own origin.
 */
@ServerFilter("/**")
final class NoFrames {

    @ResponseFilter
    void forbid(MutableHttpResponse<?> response) {
        response.header("X-Frame-Options", "DENY");
        response.header("Content-Security-Policy", "frame-ancestors 'none'");
    }
}
