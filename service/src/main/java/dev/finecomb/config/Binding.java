package dev.finecomb.config;

import java.util.List;

/** What binding a configuration came to. */
public sealed interface Binding {

    /**
     * Nothing is wrong.
     *
     * @param config the settings
     */
    record Bound(FinecombConfig config) implements Binding {}

    /**
     * Something is wrong.
     *
     * @param problems all of it, in the order of the settings' names
     */
    record Invalid(List<ConfigProblem> problems) implements Binding {

        public Invalid {
            problems = List.copyOf(problems);
        }
    }
}
