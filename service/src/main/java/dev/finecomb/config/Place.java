package dev.finecomb.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where files are kept: a directory, or what lies below a prefix of a bucket in an object store. */
public sealed interface Place {
    /** What begins so is meant to be a bucket. */
    String S3 = "s3://";

    /** A directory of this machine. */
    record Directory(Path path) implements Place {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A bucket of an object store that speaks the S3 API.
     *
     * @param prefix what all keys begin with, followed by a slash; empty for the bucket's own keys
     */
    record Bucket(String bucket, String prefix) implements Place {
        private static final Pattern URI =
                Pattern.compile(S3 + "([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/((?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*))?");

        /** The key of a name below. */
        public String key(String name) {
            return prefix.isEmpty() ? name : prefix + "/" + name;
        }

        /** The whole bucket. */
        public Bucket whole() {
            return new Bucket(bucket, "");
        }

        /** How people write a name below. */
        public String resolve(String name) {
            return S3 + bucket + "/" + key(name);
        }

        @Override
        public String toString() {
            return S3 + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        }
    }

    /** The place that a text names, a path or {@code s3://bucket/prefix}; empty if it names none. */
    static Optional<Place> of(String text) {
        if (text.startsWith(S3)) {
            Matcher matcher = Bucket.URI.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String prefix = matcher.group(2) == null ? "" : matcher.group(2);
            return Optional.of(new Bucket(
                    matcher.group(1), prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix));
        }
        // Another scheme is a mistake, and no directory whose name has a colon.
        if (text.isEmpty() || text.matches("[a-zA-Z][a-zA-Z0-9+.-]+://.*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Directory(Path.of(text)));
        } catch (InvalidPathException malformed) {
            return Optional.empty();
        }
    }

    /** Whether the one lies within the other, or they are the same. */
    static boolean overlap(Place one, Place other) {
        return within(one, other) || within(other, one);
    }

    private static boolean within(Place inner, Place outer) {
        return switch (inner) {
            case Directory(Path path) ->
                outer instanceof Directory(Path above)
                        && path.toAbsolutePath()
                                .normalize()
                                .startsWith(above.toAbsolutePath().normalize());
            case Bucket(String bucket, String prefix) ->
                outer instanceof Bucket(String otherBucket, String above)
                        && bucket.equals(otherBucket)
                        && (above.isEmpty() || (prefix + "/").startsWith(above + "/"));
        };
    }
}
