package dev.finecomb.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes a topic before a job does. */
final class Topic {
    private Topic() {}

    /** One partition, for the largest records there are. */
    static void create(Job job, String name) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", job.bootstrapServers()))) {
            NewTopic topic = new NewTopic(name, Optional.of(1), Optional.empty())
                    .configs(Map.of("max.message.bytes", Integer.toString(10 << 20)));
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(name + " could not be made", e.getCause());
        }
    }
}
