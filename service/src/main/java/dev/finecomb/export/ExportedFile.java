package dev.finecomb.export;

/**
 * One file of an export.
 *
 * @param name file name within the export's directory
 * @param bytes its length
 * @param sha256 its digest, 64 lower-case hexadecimal digits
 */
public record ExportedFile(String name, long bytes, String sha256) {}
