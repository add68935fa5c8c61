package dev.finecomb.sparsity;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A glob over parameter names: {@code *} stands for any characters, dots too, {@code ?} for one; all else for itself. */
record NameGlob(String text, Pattern expression) {
    static NameGlob of(String text) {
        String expression = text.codePoints()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        return new NameGlob(text, Pattern.compile(expression, Pattern.DOTALL));
    }

    boolean matches(String name) {
        return expression.matcher(name).matches();
    }
}
