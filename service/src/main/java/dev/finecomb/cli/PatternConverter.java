package dev.finecomb.cli;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.mask.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 2:4}. */
final class PatternConverter implements ITypeConverter<Pattern> {
    @Override
    public Pattern convert(String text) {
        try {
            return Pattern.parse(text);
        } catch (InvalidValueException refused) {
            throw new TypeConversionException(refused.getMessage());
        }
    }
}
