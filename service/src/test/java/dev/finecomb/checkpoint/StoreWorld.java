package dev.finecomb.checkpoint;

import java.io.IOException;
import java.util.List;

/** A place for checkpoints as a test sees it: past the store, with hands. */
interface StoreWorld {
    /** A store that a new owner opens there. */
    CheckpointStore open() throws IOException;

    /** The finished checkpoints there, and what is not the store's. */
    List<String> names() throws IOException;

    /** What tells of that place's checkpoints from outside. */
    CheckpointInspector inspector() throws IOException;

    /** The files of a checkpoint, but for the medium's own notes. */
    List<String> files(CheckpointId id) throws IOException;

    byte[] read(CheckpointId id, String file) throws IOException;

    void write(CheckpointId id, String file, byte[] bytes) throws IOException;

    void delete(CheckpointId id, String file) throws IOException;

    /** Takes a whole checkpoint away, and every trace of it. */
    void remove(CheckpointId id) throws IOException;

    /** Gives a checkpoint a name that is free, as a hand would. */
    void rename(CheckpointId from, CheckpointId to) throws IOException;

    /** Another owner dies in the middle of writing that one. */
    void leaveUnfinished(CheckpointId id) throws IOException;

    /** Puts something there that is no checkpoint. */
    void leaveForeign(String name) throws IOException;

    /** Whether all that is left under the name is that it was used. */
    boolean isBareClaim(String name);

    /** A store whose place is gone. */
    CheckpointStore openGone() throws IOException;
}
