package dev.finecomb.model;

import dev.finecomb.model.ArchivedTensor.Kind;
import dev.finecomb.model.Pickled.Call;
import dev.finecomb.model.Pickled.Entry;
import dev.finecomb.model.Pickled.Flag;
import dev.finecomb.model.Pickled.Global;
import dev.finecomb.model.Pickled.Instance;
import dev.finecomb.model.Pickled.Mapping;
import dev.finecomb.model.Pickled.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Walks an inert module object and lists its tensors as Python's {@code state_dict()} would: a module's own parameters,
 * its buffers, then its children, each in the order of declaration.
 *
 * <p>Tensors that a class declares as neither (plain attributes, constants) are not listed and stay as they are in every
 * copy. Where the source does not say what is a buffer, as in archives older than PyTorch 1.6, every tensor that is no
 * parameter counts as one; where there is no source at all, whatever wants a gradient counts as a parameter.
 */
final class ModuleTree {
    private static final int MAX_DEPTH = 200;
    private static final int MAX_MODULES = 1 << 18;
    private static final int MAX_TENSORS = 1 << 18;

    /** Finds sources and storages by their names in the archive. */
    interface Contents {
        /** The source file of a class path such as {@code __torch__.torch.nn.modules.conv}. */
        Optional<String> source(String path) throws UnreadableModelException;

        /** The tensor that a recorded call would rebuild. */
        TensorRebuild tensor(String name, Call call) throws UnreadableModelException;
    }

    private final String where;
    private final Contents contents;
    private final List<ArchivedTensor> tensors = new ArrayList<>();
    private final Map<Global, Optional<ModuleSource>> sources = new HashMap<>();
    private final Map<String, String> declaredTypes = new HashMap<>();
    private int modules;

    private ModuleTree(String where, Contents contents) {
        this.where = where;
        this.contents = contents;
    }

    /** The listed tensors, and by tensor name the type that its class declares. */
    record Listing(List<ArchivedTensor> tensors, Map<String, String> declaredTypes) {}

    static Listing list(String where, Instance root, Contents contents) throws UnreadableModelException {
        ModuleTree tree = new ModuleTree(where, contents);
        tree.module(root, "", 0);
        return new Listing(List.copyOf(tree.tensors), Map.copyOf(tree.declaredTypes));
    }

    private void module(Instance module, String prefix, int depth) throws UnreadableModelException {
        if (depth > MAX_DEPTH || ++modules > MAX_MODULES) {
            throw malformed("modules nest deeper than " + MAX_DEPTH + " or are more than " + MAX_MODULES);
        }
        Optional<ModuleSource> source = source(module.type());
        if (!(module.state() instanceof Mapping attributes)
                || (source.isPresent() && !source.get().module())) {
            return; // an object of a plain or native class: no part of the state dict
        }
        for (Kind kind : Kind.values()) {
            for (Entry attribute : attributes.entries()) {
                if (attribute.value() instanceof Call call && TensorRebuild.isTensor(call)) {
                    tensor(module.type(), source, prefix, text(attribute.key()), call, kind);
                }
            }
        }
        for (Entry attribute : attributes.entries()) {
            if (attribute.value() instanceof Instance child) {
                module(child, prefix + text(attribute.key()) + ".", depth + 1);
            }
        }
    }

    private void tensor(
            Global owner, Optional<ModuleSource> source, String prefix, String attribute, Call call, Kind wanted)
            throws UnreadableModelException {
        String name = prefix + attribute;
        Optional<Kind> kind = kind(source, attribute, call);
        if (kind.isPresent() && kind.get() == wanted) {
            if (tensors.size() >= MAX_TENSORS) {
                throw malformed("more than " + MAX_TENSORS + " tensors");
            }
            TensorRebuild rebuilt = contents.tensor(name, call);
            tensors.add(new ArchivedTensor(
                    name, rebuilt.dtype(), rebuilt.shape(), wanted, owner.name(), rebuilt.placement()));
            declaredTypes.put(
                    name,
                    source.map(declared -> declared.types().get(attribute)).orElse("Tensor"));
        }
    }

    private static Optional<Kind> kind(Optional<ModuleSource> source, String attribute, Call call) {
        boolean wantsGradient =
                call.arguments().size() > 4 && call.arguments().get(4) instanceof Flag gradient && gradient.value();
        if (source.isEmpty()) {
            return Optional.of(wantsGradient ? Kind.PARAMETER : Kind.BUFFER);
        }
        if (source.get().parameters().contains(attribute)) {
            return Optional.of(Kind.PARAMETER);
        }
        return source.get().buffers().map(names -> names.contains(attribute)).orElse(true)
                ? Optional.of(Kind.BUFFER)
                : Optional.empty();
    }

    private Optional<ModuleSource> source(Global type) throws UnreadableModelException {
        Optional<ModuleSource> known = sources.get(type);
        if (known == null) {
            Optional<String> text = contents.source(type.module());
            known = text.flatMap(found -> ModuleSource.find(found, type.name()));
            sources.put(type, known);
        }
        return known;
    }

    private String text(Pickled key) throws UnreadableModelException {
        if (key instanceof Text(String name) && name.chars().noneMatch(ModuleTree::breaksQuotes)) {
            return name;
        }
        throw malformed("an attribute whose name is no plain text");
    }

    private static boolean breaksQuotes(int character) {
        return character < ' ' || character == '"' || character == '\\';
    }

    private UnreadableModelException malformed(String what) {
        return new UnreadableModelException(where, what, UnreadableModelException.SAVE_AGAIN);
    }
}
