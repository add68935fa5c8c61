package dev.finecomb;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own authorizer, which also remembers what users were allowed on request. What a broker asks only to tell a user his
 * rights is no request.
 */
public final class RecordingAuthorizer extends StandardAuthorizer {
    private static final Set<Use> USES = ConcurrentHashMap.newKeySet();

    /** Something that a request needed and was allowed. */
    public record Use(String principal, AclOperation operation, ResourcePattern resource) {}

    /** Everything since the virtual machine began. */
    public static Set<Use> uses() {
        return Set.copyOf(USES);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = new ArrayList<>(super.authorize(context, actions));
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            if (action.logIfAllowed() && results.get(i) == AuthorizationResult.ALLOWED) {
                USES.add(new Use(context.principal().toString(), action.operation(), action.resourcePattern()));
            }
        }
        return results;
    }
}
