package dev.finecomb.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param name the setting's full name
 * @param found the value and where it stands, or that there is none; never a secret
 * @param expected what would be accepted
 * @param remedy what to do, as an order to the reader
 */
public record ConfigProblem(String name, String found, String expected, String remedy) {

    /** All of it in one line. */
    public String text() {
        return name + ": " + found + "; expected " + expected + ". Remedy: " + remedy + ".";
    }
}
