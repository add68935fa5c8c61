package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.Tensor;
import java.util.Collection;
import java.util.Map;

/** What a well-formed value holds: the names in it, and the tensors by name, at least those that the schema asks for. */
record Contents(Collection<String> names, Map<String, Tensor> tensors) {}
