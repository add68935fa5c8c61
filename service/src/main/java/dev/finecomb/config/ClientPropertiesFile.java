package dev.finecomb.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Reads a file of properties of the Kafka clients, as Kafka's own tools do. Its values may be secrets: no message holds one. */
public final class ClientPropertiesFile {
    private ClientPropertiesFile() {}

    /**
     * Reads all of it.
     *
     * @throws IOException if it can't be read as such a file; the message says why, without the file's name
     */
    public static Map<String, String> read(Path file) throws IOException {
        var loaded = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            loaded.load(reader);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException("this user may not read it", e);
        } catch (CharacterCodingException e) {
            throw new IOException("it is no text in UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new IOException("it holds a malformed \\u escape", e);
        }
        Map<String, String> all = new TreeMap<>();
        loaded.stringPropertyNames().forEach(name -> all.put(name, loaded.getProperty(name)));
        return all;
    }
}
