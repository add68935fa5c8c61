package dev.finecomb.status;

/**
 * Which job this is.
 *
 * @param job its name
 * @param incarnation its uninterrupted history; empty until it is known
 * @param pattern {@code N:M}
 * @param modelUri where the pre-trained model came from
 * @param modelSha256 the digest of that file; empty until it was read
 * @param device where it trains, as the engine names it; empty until it was chosen
 */
public record JobIdentity(
        String job, String incarnation, String pattern, String modelUri, String modelSha256, String device) {}
