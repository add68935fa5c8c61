package dev.finecomb.protocol.tensor;

import java.util.List;

/** What a header says of one tensor, checked in itself: {@code end - begin} is the size of the shape; offsets from the data's start. */
record HeaderEntry(String name, DType dtype, List<Long> shape, long begin, long end) {}
