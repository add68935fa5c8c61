package dev.finecomb.sparsity;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A glob over parameter names: {@code *} stands for any characters, dots too, {@code ?} for one; all else for itself.
 *
 * @param text as it was written
 * @param expression the same for Java
 */
public record NameGlob(String text, Pattern expression) {
    /** The glob that was written so; every text is one. */
    public static NameGlob of(String text) {
        String expression = text.codePoints()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        return new NameGlob(text, Pattern.compile(expression, Pattern.DOTALL));
    }

    /** Whether it stands for the whole name. */
    public boolean matches(String name) {
        return expression.matcher(name).matches();
    }
}
