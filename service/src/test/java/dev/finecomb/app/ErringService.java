package dev.finecomb.app;

/** The service as it is, but out of memory when it makes its parts. */
public final class ErringService {
    static final String MESSAGE = "no memory for the parts";

    private ErringService() {}

    public static void main(String[] arguments) {
        Application.serve(arguments, (_, _, _) -> {
            throw new OutOfMemoryError(MESSAGE);
        });
    }
}
