package dev.finecomb.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One setting as the schema knows it.
 *
 * @param name full name, such as {@code finecomb.kafka.job}
 * @param type the component's type
 * @param setting what its record says about it
 * @param section the optional section it belongs to, or empty: without any key below it, none of it is required
 */
record SettingSpec(String name, Type type, Setting setting, String section) {

    /** The type of one value: what an optional or a list holds. */
    Class<?> valueType() {
        if (type == OptionalLong.class) {
            return long.class;
        }
        if (type == OptionalInt.class) {
            return int.class;
        }
        if (type == OptionalDouble.class) {
            return double.class;
        }
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return (Class<?>) arguments[arguments.length - 1];
        }
        return (Class<?>) type;
    }

    boolean isMap() {
        return container() == Map.class;
    }

    boolean isList() {
        return container() == List.class;
    }

    boolean isOptional() {
        return List.of(Optional.class, OptionalLong.class, OptionalInt.class, OptionalDouble.class)
                .contains(container());
    }

    boolean hasDefault() {
        return !setting.defaultValue().equals(Setting.REQUIRED);
    }

    boolean isRequired() {
        return !hasDefault() && !isOptional() && !isMap() && !setting.derived();
    }

    /** Its name among environment variables. */
    String environmentName() {
        return name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private Class<?> container() {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }
}
