package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stored form of survivors: {@code policy}, the ASCII line {@code <variant> v1 <pattern> <survivors per group>}, and per layer
 * {@code survivors/<parameter>}, one bit per choice, group after group, least significant bit first.
 */
final class SurvivorStates {
    private static final String HEADER = "policy";
    private static final String PREFIX = "survivors/";

    private final String start; // of the header, up to the number of survivors
    private final int fewest;
    private final int choices;
    private final List<SparseLayer> layers;

    /** The form for this variant; the number of survivors that it accepts is from {@code fewest} to {@code choices}. */
    SurvivorStates(String variant, Pattern pattern, int fewest, int choices, List<SparseLayer> layers) {
        this.start = variant + " v1 " + pattern + " ";
        this.fewest = fewest;
        this.choices = choices;
        this.layers = layers;
    }

    /** What a stored state says: survivors per group, and which, per layer. */
    record Stored(int alive, List<Survivors> survivors) {}

    List<PolicyState> encode(int alive, List<Survivors> survivors) {
        List<PolicyState> state = new ArrayList<>();
        state.add(new PolicyState(HEADER, (start + alive).getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < layers.size(); i++) {
            state.add(new PolicyState(
                    PREFIX + layers.get(i).parameter(), survivors.get(i).toBytes()));
        }
        return List.copyOf(state);
    }

    /** @throws IncompatibleStateException if anything is missing, superfluous, of another size or inconsistent */
    Stored decode(List<PolicyState> state) {
        Map<String, PolicyState> byName = new HashMap<>();
        for (PolicyState array : state) {
            if (byName.put(array.name(), array) != null) {
                throw new IncompatibleStateException("the stored policy state has two arrays named " + array.name());
            }
        }
        int alive = aliveIn(take(byName, HEADER));
        List<Survivors> survivors = new ArrayList<>();
        for (SparseLayer layer : layers) {
            survivors.add(decode(take(byName, PREFIX + layer.parameter()), layer, alive));
        }
        if (!byName.isEmpty()) {
            throw new IncompatibleStateException(
                    "the stored policy state has arrays of layers that are not sparse here: " + byName.keySet());
        }
        return new Stored(alive, List.copyOf(survivors));
    }

    private int aliveIn(PolicyState header) {
        String line = new String(header.bytes(), StandardCharsets.US_ASCII);
        for (int alive = fewest; alive <= choices; alive++) {
            if (line.equals(start + alive)) {
                return alive;
            }
        }
        throw new IncompatibleStateException("the stored policy is '" + line + "', this one is '" + start + "' with "
                + fewest + " to " + choices + " survivors per group");
    }

    private Survivors decode(PolicyState array, SparseLayer layer, int alive) {
        long groups = layer.layout().groups();
        int size = Survivors.size(groups, choices);
        if (array.size() != size) {
            throw new IncompatibleStateException("the stored array " + array.name() + " has " + array.size()
                    + " bytes, this model's layer needs " + size);
        }
        byte[] bytes = array.bytes();
        if (BitWords.exceed(bytes, groups * choices)) {
            throw new IncompatibleStateException(
                    "the stored array " + array.name() + " has bits beyond its last group");
        }
        Survivors survivors = Survivors.of(groups, choices, bytes);
        for (long group = 0; group < groups; group++) {
            if (survivors.count(group) != alive) {
                throw new IncompatibleStateException("the stored array " + array.name() + " has "
                        + survivors.count(group) + " survivors in group " + group + " instead of " + alive);
            }
        }
        return survivors;
    }

    private static PolicyState take(Map<String, PolicyState> byName, String name) {
        PolicyState array = byName.remove(name);
        if (array == null) {
            throw new IncompatibleStateException("the stored policy state has no array " + name);
        }
        return array;
    }
}
