/** Speaks to an object store: every call of the S3 API is made here, and failures leave as {@link java.io.IOException}. */
@org.jspecify.annotations.NullMarked
package dev.finecomb.storage;
