package dev.finecomb.control;

import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.stream.Collectors;

/** What the server itself refuses (no such path, a method that a path does not take, ...) is told as a problem, too. */
@Singleton
final class ProblemResponses implements ErrorResponseProcessor<Map<String, Object>> {

    @Override
    public MutableHttpResponse<Map<String, Object>> processResponse(
            ErrorContext context, MutableHttpResponse<?> response) {
        String detail = context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
        String where = context.getRequest().getMethodName() + " "
                + context.getRequest().getPath();
        var problem = new Problem(
                response.status(),
                where + ": " + (detail.isEmpty() ? response.status().getReason() : detail),
                Map.of("interface", "/openapi/finecomb.yml"));
        return response.body(problem.document()).contentType(Problem.TYPE);
    }
}
