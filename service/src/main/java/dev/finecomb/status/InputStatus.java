package dev.finecomb.status;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a job has read and refused.
 *
 * @param lag records that wait in the topic, beyond what was trained on
 * @param positions next offset to train on, by partition
 * @param rejects records refused since the process started, by reason
 */
public record InputStatus(long lag, Map<Integer, Long> positions, Map<String, Long> rejects) {

    /** Nothing read yet. */
    public static final InputStatus NONE = new InputStatus(0, Map.of(), Map.of());

    public InputStatus {
        positions = Collections.unmodifiableMap(new TreeMap<>(positions));
        rejects = Collections.unmodifiableMap(new TreeMap<>(rejects));
    }
}
