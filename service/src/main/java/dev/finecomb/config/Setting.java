package dev.finecomb.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One setting of the configuration, declared on the record component that holds it. The setting's name is the
 * kebab-case path of component names from {@link FinecombConfig} down, below {@code finecomb}.
 *
 * <p>A setting without {@link #defaultValue()} is required, unless its type is optional, a map, or it is {@link
 * #derived()}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    /** The value of {@link #defaultValue()} that stands for "there is no default". */
    String REQUIRED = "\0";

    /** What the setting is, in one line. */
    String doc();

    /** The text that is bound when the setting is absent. */
    String defaultValue() default REQUIRED;

    /** How to mend a missing or unusable value, as an order to the reader; empty where what is expected says it all. */
    String remedy() default "";

    /** The least number, byte count, or duration in seconds that is accepted. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The greatest number, byte count, or duration in seconds that is accepted. */
    double max() default Double.POSITIVE_INFINITY;

    /** Whether {@link #min()} itself is refused. */
    boolean aboveMin() default false;

    /** Whether {@link #max()} itself is refused. */
    boolean belowMax() default false;

    /** A regular expression that the whole text must match; empty for none. */
    String pattern() default "";

    /** Whether a {@code long} is a byte count, so that {@code 64MiB} is understood. */
    boolean bytes() default false;

    /** Whether an absent value is computed from other settings by {@link DerivedDefaults}. */
    boolean derived() default false;

    /** Whether another value may leave the results of a job as they are, so that a resume may change it. */
    boolean resumable() default false;
}
