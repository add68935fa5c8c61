package dev.finecomb.demo;

import java.util.UUID;
import org.testcontainers.DockerClientFactory;

/** A volume of the container engine that outlives containers, and is deleted in the end. */
record DataVolume(String name) implements AutoCloseable {
    /** A new one, which the engine makes for the first container that names it. */
    static DataVolume create() {
        return new DataVolume("finecomb-" + UUID.randomUUID());
    }

    @Override
    public void close() {
        DockerClientFactory.lazyClient().removeVolumeCmd(name).exec();
    }
}
