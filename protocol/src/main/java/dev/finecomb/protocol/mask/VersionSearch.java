package dev.finecomb.protocol.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for one version among a topic's snapshots, in their order; each incarnation counts its versions anew. */
final class VersionSearch {
    private final long version;
    private final List<Long> complete = new ArrayList<>();
    private Optional<MaskSnapshot> found = Optional.empty();
    private String incarnation = "";

    VersionSearch(long version) {
        this.version = version;
    }

    void add(MaskSnapshot snapshot) {
        String origin = snapshot.manifest().origin().incarnation();
        if (!origin.equals(incarnation)) {
            incarnation = origin;
            complete.clear();
            found = Optional.empty();
        }
        complete.add(snapshot.version());
        if (snapshot.version() == version) {
            found = Optional.of(snapshot);
        }
    }

    MaskSnapshot result(String place) throws MaskUnavailableException {
        if (found.isEmpty()) {
            throw new MaskUnavailableException("mask version " + version + " is not (or no longer) whole in " + place
                    + "; of the newest incarnation it holds "
                    + (complete.isEmpty() ? "no version" : "the versions " + complete));
        }
        return found.get();
    }
}
