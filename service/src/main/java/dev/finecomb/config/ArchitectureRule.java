package dev.finecomb.config;

import dev.finecomb.config.ModelConfig.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the initial module comes from, and which networks can be made. */
final class ArchitectureRule {
    private static final String URI = "finecomb.model.uri";
    private static final String SECTION = "finecomb.model.architecture";
    private static final String INPUTS = SECTION + ".inputs";
    private static final String CHANNELS = SECTION + ".channels";

    /** Trained parameters stay below 2 GiB of float32 each. */
    private static final double MOST_WEIGHTS = 1 << 29;

    private static final String SMALL_LAYERS = "layers of less than 2^29 weights each";
    private static final int PICTURE_AXES = 3;

    private final Values values;
    private final List<ConfigProblem> problems = new ArrayList<>();

    ArchitectureRule(Values values) {
        this.values = values;
    }

    List<ConfigProblem> check() {
        boolean described = values.isSectionWritten(SECTION);
        boolean named = !values.isAbsent(URI);
        if (named && described) {
            add(
                    URI,
                    "either a module's file or a network below " + SECTION + ", and both are there",
                    "remove one of them");
        }
        if (!named && !described) {
            add(
                    URI,
                    "a path, a file: URI or s3://bucket/key, or a network below " + SECTION,
                    "give the path of a module saved by torch.jit.save, in a configuration file or as"
                            + " FINECOMB_MODEL_URI in the environment, or describe a network");
        }
        values.get(SECTION + ".kind", Architecture.Kind.class).ifPresent(this::network);
        labels();
        return problems;
    }

    private void network(Architecture.Kind kind) {
        List<Long> inputs = list(INPUTS);
        List<Long> channels = list(CHANNELS);
        if (inputs.isEmpty() && !values.isAbsent(INPUTS)) {
            // Reported as no list of numbers already, unless the list is empty.
            values.get(INPUTS, List.class)
                    .ifPresent(none -> add(INPUTS, "the shape of a sample", "write it, such as 784 or [1, 28, 28]"));
            return;
        }
        Optional<Double> features = switch (kind) {
            case MLP -> mlp(inputs, channels);
            case CNN -> cnn(inputs, channels);
        };
        features.ifPresent(this::linearLayers);
    }

    /** What the first linear layer takes; empty if that was not to be found out. */
    private Optional<Double> mlp(List<Long> inputs, List<Long> channels) {
        if (!channels.isEmpty()) {
            add(CHANNELS, "nothing, as an mlp has no convolutions", "remove it, or make the kind cnn");
        }
        return inputs.isEmpty() ? Optional.empty() : Optional.of(product(inputs));
    }

    private Optional<Double> cnn(List<Long> inputs, List<Long> channels) {
        if (channels.isEmpty()) {
            values.get(CHANNELS, List.class)
                    .ifPresent(none -> add(
                            CHANNELS, "output channels of each convolution", "write at least one, such as [32, 64]"));
            return Optional.empty();
        }
        if (inputs.isEmpty()) {
            return Optional.empty();
        }
        if (inputs.size() != PICTURE_AXES) {
            add(INPUTS, "[channels, height, width] of a picture", "write all three, such as [1, 28, 28]");
            return Optional.empty();
        }
        long least = 1L << Math.min(channels.size(), 62);
        if (inputs.get(1) < least || inputs.get(2) < least) {
            add(
                    CHANNELS,
                    "so few convolutions that a picture of " + inputs.get(1) + " by " + inputs.get(2)
                            + " can be halved after each",
                    "leave some out, or send larger pictures");
            return Optional.empty();
        }
        double before = inputs.get(0);
        for (long outputs : channels) {
            requireWeights(CHANNELS, before * outputs * 9);
            before = outputs;
        }
        return Optional.of(before * (inputs.get(1) >> channels.size()) * (inputs.get(2) >> channels.size()));
    }

    private void linearLayers(double features) {
        double before = features;
        for (long width : list(SECTION + ".hidden")) {
            requireWeights(SECTION + ".hidden", before * width);
            before = width;
        }
        double last = before;
        values.get(SECTION + ".classes", Long.class)
                .ifPresent(classes -> requireWeights(SECTION + ".classes", last * classes));
    }

    private void requireWeights(String name, double weights) {
        boolean said = problems.stream().anyMatch(problem -> problem.expected().equals(SMALL_LAYERS));
        if (weights >= MOST_WEIGHTS && !said) {
            add(name, SMALL_LAYERS, "make it, or what comes before it, smaller");
        }
    }

    private void labels() {
        String name = "finecomb.model.classes";
        long outputs = values.get(SECTION + ".classes", Long.class).orElse(Long.MAX_VALUE);
        if (values.get(name, Long.class).orElse(0L) > outputs) {
            add(name, "at most " + SECTION + ".classes, the network's outputs", "raise the one or lower the other");
        }
    }

    private static double product(List<Long> shape) {
        return shape.stream().mapToDouble(Long::doubleValue).reduce(1, (left, right) -> left * right);
    }

    private List<Long> list(String name) {
        return values.get(name, List.class).stream()
                .flatMap(found -> ((List<?>) found).stream())
                .map(Long.class::cast)
                .toList();
    }

    private void add(String name, String expected, String remedy) {
        problems.add(values.problem(name, expected, remedy));
    }
}
