package dev.finecomb.feed;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One NumPy array as {@code numpy.save} writes it: little-endian, in C order, of a type that tensors have. The format is
 * described in {@code numpy.lib.format}.
 */
public final class NpyFile {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int SHORTEST = 10;
    private static final int MOST_HEADER_BYTES = 1 << 16;
    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");
    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("<f8", DType.F64),
            Map.entry("<f4", DType.F32),
            Map.entry("<f2", DType.F16),
            Map.entry("<i8", DType.I64),
            Map.entry("<i4", DType.I32),
            Map.entry("<i2", DType.I16),
            Map.entry("|i1", DType.I8),
            Map.entry("<u8", DType.U64),
            Map.entry("<u4", DType.U32),
            Map.entry("<u2", DType.U16),
            Map.entry("|u1", DType.U8),
            Map.entry("|b1", DType.BOOL));

    private NpyFile() {}

    /** One array a name, which must agree in their first axes; mapped until closed. */
    public static Samples open(Map<String, Path> files) throws IOException, UnreadableFileException {
        List<Entry> tensors = new ArrayList<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            tensors.add(read(file.getKey(), file.getValue()));
        }
        return Samples.of(files.values().iterator().next(), tensors);
    }

    /** Mapped for as long as the entry is reachable. */
    private static Entry read(String name, Path file) throws IOException, UnreadableFileException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            if (all.byteSize() < SHORTEST
                    || MemorySegment.ofArray(MAGIC).mismatch(all.asSlice(0, MAGIC.length)) != -1) {
                throw new UnreadableFileException(
                        file, "it does not begin as a .npy file does; write it by numpy.save");
            }
            boolean old = all.get(ValueLayout.JAVA_BYTE, MAGIC.length) == 1;
            long prefix = old ? SHORTEST : SHORTEST + Short.BYTES;
            long length = old
                    ? Short.toUnsignedLong(all.get(SHORT, SHORTEST - Short.BYTES))
                    : Integer.toUnsignedLong(all.get(INT, SHORTEST - Short.BYTES));
            if (length > MOST_HEADER_BYTES || prefix + length > all.byteSize()) {
                throw new UnreadableFileException(file, "its header of " + length + " bytes does not fit");
            }
            String header =
                    new String(all.asSlice(prefix, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            return entry(name, file, header, all.asSlice(prefix + length));
        }
    }

    private static Entry entry(String name, Path file, String header, MemorySegment data)
            throws UnreadableFileException {
        if (!found(ORDER, header, file).equals("False")) {
            throw new UnreadableFileException(
                    file, "it is in Fortran order; save numpy.ascontiguousarray(array) instead");
        }
        String description = found(DESCRIPTION, header, file);
        DType type = TYPES.get(description);
        if (type == null) {
            throw new UnreadableFileException(
                    file,
                    "its type is " + description + "; little-endian numbers such as <f4 or <i8 are expected: save"
                            + " array.astype(\"<f4\") instead");
        }
        String axes = found(SHAPE, header, file);
        try {
            List<Long> shape = new ArrayList<>();
            for (String axis : axes.split(",", -1)) {
                if (!axis.isBlank()) {
                    shape.add(Long.parseLong(axis.strip()));
                }
            }
            return new Entry(name, type, shape, data);
        } catch (NumberFormatException wrong) {
            throw new UnreadableFileException(file, "its shape (" + axes + ") is none that an array can have", wrong);
        } catch (IllegalArgumentException contradicts) {
            throw new UnreadableFileException(file, "it is cut off: " + contradicts.getMessage(), contradicts);
        }
    }

    private static String found(Pattern pattern, String header, Path file) throws UnreadableFileException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new UnreadableFileException(file, "its header is not that of an array of numbers: " + header.strip());
        }
        return matcher.group(1);
    }
}
