package dev.finecomb.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Feeds a decoder damaged values and holds it to four conditions: it accepts or refuses and does nothing else, what it accepts
 * keeps its promises, and neither costs more memory or time than the value is worth.
 *
 * <p>The number of cases is the system property {@code fuzz.cases}, spread over all decoders by their shares. Case number
 * {@code n} is a function of the integer {@code fuzz.seed + n} alone, and a failure names that integer.
 */
public final class Fuzzer {
    private static final long ALLOCATION_PER_BYTE = 100;
    /** Parser buffers, symbol tables, messages: what any value may cost. */
    private static final long ALLOCATION_FIXED = 512 << 10;

    private static final long ALLOCATION_MOST = 64 << 20;
    private static final long CPU_NANOS = Duration.ofMillis(20).toNanos();
    /** A case is slow if it never was fast: a pause of the JVM counts once, the compiler's work only at first. */
    private static final int TRIES = 5;

    private static final int THREADS = 2;
    private static final int HEX_IN_MESSAGE = 400;
    private static final Path RECORD = Path.of("target/battery.csv");
    private static final ThreadMXBean MEASURE = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String name;
    private final long cases;
    private final long seed = Long.getLong("fuzz.seed", 1);

    /** @param percent the decoder's share of {@code fuzz.cases} */
    public Fuzzer(String name, int percent) {
        this.name = name;
        this.cases = Math.max(1, Integer.getInteger("fuzz.cases", 20_000) * (long) percent / 100);
    }

    /** Whether this is no replay: enough cases for everything to have come up. */
    public boolean isWhole() {
        return cases >= 200;
    }

    /**
     * Runs all cases on two threads.
     *
     * @param cases makes a case of its random source
     * @return how many values were accepted
     */
    public <T> long run(Decoder<T> decoder, Function<SplittableRandom, byte[]> cases) throws Exception {
        long began = System.nanoTime();
        AtomicLong accepted = new AtomicLong();
        List<Future<?>> halves = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int thread = 0; thread < THREADS; thread++) {
                long first = thread;
                halves.add(threads.submit(() -> {
                    for (long n = first; n < this.cases; n += THREADS) {
                        byte[] value = cases.apply(new SplittableRandom(seed + n));
                        if (holds(decoder, value, seed + n)) {
                            accepted.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> half : halves) {
                half.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw e;
        }
        note(Duration.ofNanos(System.nanoTime() - began), accepted.get());
        return accepted.get();
    }

    private <T> boolean holds(Decoder<T> decoder, byte[] value, long caseSeed) {
        byte[] untouched = value.clone();
        try {
            Optional<T> read = bounded(decoder, value);
            if (!Arrays.equals(value, untouched)) {
                throw new AssertionError("the decoder wrote into its input");
            }
            if (read.isPresent()) {
                decoder.check(read.get());
            }
            return read.isPresent();
        } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
            throw failure(untouched, caseSeed, e);
        }
    }

    private static <T> Optional<T> bounded(Decoder<T> decoder, byte[] value) throws Exception {
        long limit = Math.min(ALLOCATION_MOST, ALLOCATION_FIXED + ALLOCATION_PER_BYTE * value.length);
        long allocated = 0;
        long nanos = 0;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long bytesBefore = MEASURE.getCurrentThreadAllocatedBytes();
            long nanosBefore = MEASURE.getCurrentThreadCpuTime();
            Optional<T> read = decoder.decode(value);
            nanos = MEASURE.getCurrentThreadCpuTime() - nanosBefore;
            allocated = MEASURE.getCurrentThreadAllocatedBytes() - bytesBefore;
            if (nanos <= CPU_NANOS && allocated <= limit) {
                return read;
            }
        }
        throw new AssertionError("%d bytes took %.1f ms and %d bytes of memory, at most %d ms and %d are right"
                .formatted(value.length, nanos / 1e6, allocated, CPU_NANOS / 1_000_000, limit));
    }

    private AssertionError failure(byte[] value, long caseSeed, Throwable cause) {
        String hex = HexFormat.of().formatHex(value, 0, Math.min(value.length, HEX_IN_MESSAGE));
        Path dump = Path.of("target", "fuzz-" + name + "-" + caseSeed + ".bin");
        try {
            Files.write(dump, value);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new AssertionError(
                "decoder %s, replay with -Dfuzz.seed=%d -Dfuzz.cases=1; value of %d bytes in %s: %s%s; %s"
                        .formatted(
                                name,
                                caseSeed,
                                value.length,
                                dump,
                                hex,
                                value.length > HEX_IN_MESSAGE ? "..." : "",
                                cause),
                cause);
    }

    /** The line that the battery's record takes, see {@code dev.finecomb.Battery}. */
    private void note(Duration took, long accepted) throws IOException {
        String line =
                "fuzz-%s,%d,%d,%d accepted%s".formatted(name, cases, took.toMillis(), accepted, System.lineSeparator());
        Files.createDirectories(RECORD.toAbsolutePath().getParent());
        Files.writeString(RECORD, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
