package dev.finecomb.storage;

import java.time.Instant;

/**
 * An object as a listing showed it.
 *
 * @param name its key below the place's prefix
 * @param bytes its length
 * @param tag the store's mark of this content under this name
 * @param modified when it was put
 */
public record StoredObject(String name, long bytes, String tag, Instant modified) {}
