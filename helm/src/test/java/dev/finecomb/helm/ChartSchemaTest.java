package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong values are refused before anything is installed, and the message says where, what, and what is expected. */
class ChartSchemaTest {
    private static final String GOOD = """
            kafka: {bootstrapServers: "kafka:9092"}
            jobs:
              - name: digits
                config: {model: {uri: /models/digits.pt}}
            """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void whatTheNextTestsSpoilIsGood() throws IOException {
        assertThat(Chart.render(file(GOOD)).all()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas: 2                                         | at '': additional properties 'replicas' not allowed
            gpus: 1                                             | at '': additional properties 'gpus' not allowed
            image: {repo: a}                                    | at '/image': additional properties 'repo' not allowed
            image: {pullPolicy: Sometimes}                      | at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'
            image: {digest: "sha256:12"}                        | at '/image/digest': 'sha256:12' does not match pattern '^(sha256:[0-9a-f]{64})?$'
            kafka: {bootstrapServers: kafka}                    | at '/kafka/bootstrapServers': 'kafka' does not match pattern
            kafka: {password: a}                                | at '/kafka': additional properties 'password' not allowed
            kafka: {existingSecret: "a b"}                      | at '/kafka/existingSecret': 'a b' does not match pattern
            config: {trainning: {}}                             | at '/config': additional properties 'trainning' not allowed
            config: {training: {learningRate: {base: 1}}}       | at '/config/training': additional properties 'learningRate' not allowed
            config: {training: fast}                            | at '/config/training': got string, want object
            gpu: {enabled: "yes"}                               | at '/gpu/enabled': got string, want boolean
            gpu: {count: 2}                                     | at '/gpu': additional properties 'count' not allowed
            gpu: {resource: gpu}                                | at '/gpu/resource': 'gpu' does not match pattern
            resources: {limits: {memory: 4 GB}}                 | at '/resources/limits/memory': '4 GB' does not match pattern
            resources: {claims: [{name: gpu}]}                  | at '/resources': additional properties 'claims' not allowed
            persistence: {size: big}                            | at '/persistence/size': 'big' does not match pattern
            persistence: {accessModes: []}                      | at '/persistence/accessModes': minItems: got 0, want 1
            longestCutSeconds: 0                                | at '/longestCutSeconds': minimum: got 0, want 1
            topics: {createdBy: helm}                           | at '/topics/createdBy': value must be one of 'service', 'job', 'strimzi', 'nobody'
            podDisruptionBudget: {maxUnavailable: 2}            | at '/podDisruptionBudget/maxUnavailable': maximum: got 2, want 1
            networkPolicy: {kafkaPorts: [70000]}                | at '/networkPolicy/kafkaPorts/0': maximum: got 70,000, want 65,535
            keda: {activationLag: -1}                           | at '/keda/activationLag': minimum: got -1, want 0
            keda: {metadata: {sasl: 1}}                         | at '/keda/metadata/sasl': got number, want string
            strimzi: {user: {authentication: plain}}            | at '/strimzi/user/authentication': value must be one of 'scram-sha-512', 'tls'
            nodeSelector: {gpu: true}                           | at '/nodeSelector/gpu': got boolean, want string
            extraEnv: [{value: a}]                              | at '/extraEnv/0': missing property 'name'
            extraEnv: [{name: PORT, value: 80}]                 | at '/extraEnv/0/value': got number, want string
            jobs: {name: digits}                                | at '/jobs': got object, want array
            jobs: [{config: {}}]                                | at '/jobs/0': missing property 'name'
            jobs: [{name: Digits}]                              | at '/jobs/0/name': 'Digits' does not match pattern
            jobs: [{name: digits, replicas: 2}]                 | at '/jobs/0': additional properties 'replicas' not allowed
            jobs: [{name: digits, kafka: {brokers: a}}]         | at '/jobs/0/kafka': additional properties 'brokers' not allowed
            fullnameOverride: Trainers                          | at '/fullnameOverride': 'Trainers' does not match pattern
            """)
    void theSchemaRefuses(String change, String message) throws IOException {
        Path values = file(changed(change));

        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jobs: []                                            | jobs is empty. Describe at least one, with its name and its config
            jobs: [{name: a}, {name: a}]                        | jobs: two are called "a", and the newer would end the older for ever
            kafka: {}                                           | job digits: kafka.bootstrapServers is empty. Name the brokers
            config: {kafka: {job: a}}                           | job digits: config.kafka.job is the chart's to set. Use name
            config: {kafka: {bootstrap-servers: "a:1"}}         | job digits: config.kafka.bootstrap-servers is the chart's to set. Use kafka.bootstrapServers
            config: {kafka: {prefix: a}}                        | job digits: config.kafka.prefix is the chart's to set. Use kafka.prefix
            config: {kafka: {create-topics: true}}              | job digits: config.kafka.create-topics is the chart's to set. Use topics.createdBy
            config: {kafka: {properties-file: a}}               | job digits: config.kafka.properties-file is the chart's to set. Use kafka.existingSecret
            config: {kafka: {properties: {sasl.jaas.config: a}}} | config.kafka.properties.sasl.jaas.config is a secret, and values are none. Put it into a Secret
            config: {kafka: {properties: {ssl.key.password: a}}} | config.kafka.properties.ssl.key.password is a secret
            config: {kafka: {properties: {ssl: {key: {password: a}}}}} | config.kafka.properties.ssl.key.password is a secret, and values are none
            extraEnv: [{name: AWS_SECRET_ACCESS_KEY, value: a}] | job digits: extraEnv gives AWS_SECRET_ACCESS_KEY a secret as its value
            extraEnv: [{name: OTHER_PASSWORD, value: "a$(KEY)"}]  | job digits: extraEnv gives OTHER_PASSWORD a secret as its value
            extraEnv: [{name: OTHER_PASSWORD, value: "a$(not one"}] | job digits: extraEnv gives OTHER_PASSWORD a secret as its value
            extraEnv: [{name: AWS_SESSION_TOKEN, value: a}]      | job digits: extraEnv gives AWS_SESSION_TOKEN a secret as its value
            initContainers: [{name: fetch, env: [{name: HF_TOKEN, value: a}]}] | job digits: env of init container fetch gives HF_TOKEN a secret as its value
            initContainers: [{name: fetch, env: [{name: KEY_PASSWORD, value: 12}]}] | env of init container fetch gives KEY_PASSWORD a secret as its value
            extraEnv: [{name: FINECOMB_CONTROL_TOKEN, value: a}] | extraEnv gives FINECOMB_CONTROL_TOKEN a secret as its value
            extraEnv: [{name: FINECOMB_KAFKA_PROPERTIES_SASL_JAAS_CONFIG, value: a}] | PROPERTIES_SASL_JAAS_CONFIG a secret as its value
            config: {control: {token: abcdefghijklmnop}}        | job digits: config.control.token is a secret, and values are none. Put it into a Secret and name that as control.existingSecret
            config: {export: {when-finished: stop}}             | job digits: config.export.when-finished is stop, but a StatefulSet starts what has ended again. Use idle
            persistence: {enabled: false}                       | job digits: persistence.enabled is false, and config.checkpoint.directory is no s3:// URI
            jobs: [{name: digits, keda: {enabled: true, activationLag: 2}, config: {kafka: {start-offset: latest}}}] | job digits: keda.activationLag is 2, but config.kafka.start-offset is latest
            topics: {createdBy: strimzi}                        | topics.createdBy is strimzi, but strimzi.cluster is empty. Name the Kafka resource
            strimzi: {user: {enabled: true}}                    | strimzi.user.enabled is true, but strimzi.cluster is empty. Name the Kafka resource
            """)
    void theTemplatesRefuse(String change, String message) throws IOException {
        Path values = file(changed(change));

        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.key.password=a",
                "  ssl.keystore.password : a",
                "ssl.truststore.password a",
                "security.protocol=SASL_SSL\nsasl.jaas.config=a.Module required \\\n  password=\"a\";",
                "sasl.oauthbearer.client.credentials.client.secret=a",
                "ssl.keystore.key=a",
                "ssl.key.password=a${directory:/etc/finecomb/kafka:b}",
                "ssl.key.password=a${b",
                "ssl.key.password=${vault:a:b}",
                "sasl.jaas.config=a.Module required user=\"${directory:/a:b}\" password=\"a\";",
                "sasl.jaas.config=a.Module required password='${directory:/a:b}a' user=b;",
                "sasl.jaas.config=a.Module required user=\"${directory:/a:b}\" clientSecret = a;",
                "sasl.jaas.config=a.Module required apiKey=\"a\" password=${directory:/a:b};",
                "listener.password=directory:/etc"
            })
    void noSecretBecomesAConfigMap(String properties) throws IOException {
        Path values = file(GOOD + clientProperties(properties));

        assertThatThrownBy(() -> Chart.render(values))
                .hasMessageContaining("for 1 reason(s)")
                .hasMessageMatching(
                        "(?s).*job digits: kafka[.]clientProperties sets (ssl|sasl|listener)[.][a-z.]+ to a secret, .*")
                .hasMessageContaining("refer to it as ${directory:/etc/finecomb/kafka:KEY}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# ssl.key.password=a comment\n! sasl.jaas.config",
                "ssl.key.password=${directory:/etc/finecomb/kafka:user.password}",
                "sasl.jaas.config=a.Module required \\\n  password=\"${directory:/etc/finecomb/kafka:password}\";",
                "sasl.jaas.config=a.OAuthBearerLoginModule required;",
                "sasl.jaas.config=a.Module required username=\"a\" password=\"${file:/a:b}\" tokenauth=\"true\";",
                "sasl.jaas.config=a.Module required password=${env:B} username=a;",
                "ssl.keystore.key=${directory:/a:b}\\\n  ${directory:/a:c}",
                "sasl.oauthbearer.token.endpoint.url=https://login.example/oauth2/token",
                "sasl.oauthbearer.assertion.private.key.file=/etc/finecomb/kafka/key.pem",
                "client.id=the secret's password"
            })
    void whatIsNoSecretMayBecomeOne(String properties) throws IOException {
        assertThat(Chart.render(file(GOOD + clientProperties(properties))).all())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config: {model: {uri: s3://a/b.pt}}                 | the object store of config.model.uri
            config: {checkpoint: {directory: s3://a/b}}         | the object store of config.checkpoint.directory
            config: {export: {directory: s3://a/b}}             | the object store of config.export.directory
            kafka: {clientProperties: sasl.oauthbearer.token.endpoint.url=https://a/b} | the URL of sasl.oauthbearer.token.endpoint.url
            config: {kafka: {properties: {sasl.oauthbearer.token.endpoint.url: "https://a/b"}}} | the URL of sasl.oauthbearer.token.endpoint.url
            kafka: {clientProperties: 'sasl.jaas.config=a.Module required oauth.token.endpoint.uri="https://a/b" oauth.client.secret="${directory:/a:b}";'} | the URL of oauth.token.endpoint.uri
            """)
    void aNetworkPolicyLetsThroughWhatTheValuesName(String values, String what) throws IOException {
        String closed =
                GOOD.replaceAll("config: .*", Matcher.quoteReplacement(values)) + "networkPolicy: {enabled: true}\n";

        assertThatThrownBy(() -> Chart.render(file(closed)))
                .hasMessageContaining("for 1 reason(s)")
                .hasMessageContaining("job digits: networkPolicy.enabled is true, and " + what + " is not in its reach."
                        + " Add a rule to networkPolicy.extraEgress");
        Path open = file(closed.replace("{enabled: true}", "{enabled: true, extraEgress: [{ports: [{port: 443}]}]}"));
        assertThat(Chart.render(open).all("NetworkPolicy")).hasSize(1);
    }

    @Test
    void aNetworkPolicyOfAJobThatNeedsNoMoreNamesNoMore() throws IOException {
        Path values = file(GOOD
                + clientProperties("sasl.oauthbearer.token.endpoint.url=file:/etc/token")
                + "networkPolicy: {enabled: true}\n");

        assertThat(Chart.render(values).all("NetworkPolicy")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"  client.id=a\nclient.rack=b\n", "\tclient.id=a", "client.id=a\\\n  b \n\n", "#: - a\nb={c"})
    void clientPropertiesArriveAsTheyAre(String properties) throws IOException {
        ObjectNode settings =
                Chart.render(file(GOOD + clientProperties(properties))).one("ConfigMap", "finecomb-digits");

        assertThat(settings.path("data").path("client.properties").asText()).isEqualTo(properties);
    }

    @Test
    void variablesMayReferToSecrets() throws IOException {
        Path values = file(GOOD + """
                extraEnv:
                  - {name: KEY_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}
                  - {name: OTHER_PASSWORD, value: $(KEY_PASSWORD)}
                  - {name: SECRET_FILE, value: /etc/secret}
                  - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/token}
                  - {name: FINECOMB_CONTROL_TOKEN, value: $(KEY_PASSWORD)}
                initContainers:
                  - {name: fetch, env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]}
                  - {name: unpack}
                """);

        assertThat(Chart.render(values).all()).isNotEmpty();
    }

    @Test
    void aHookCannotWaitForAUserThatComesLater() throws IOException {
        Path values = file(GOOD + "topics: {createdBy: job}\nstrimzi: {cluster: main, user: {enabled: true}}\n");

        assertThatThrownBy(() -> Chart.render(values))
                .hasMessageContaining("topics.createdBy is job, which runs before there is the user");
    }

    @ParameterizedTest
    @CsvSource({"2nd, 2nd-finecomb", "a.finecomb, a.finecomb"})
    void aReleaseThatNoServiceCanBeNamedAfterIsRefused(String release, String name) throws IOException {
        Path values = file(GOOD);

        assertThatThrownBy(() -> Chart.render(release, values))
                .hasMessageContaining("all names would begin with \"" + name + "\", after the release")
                .hasMessageContaining("Set fullnameOverride");
        assertThat(Chart.render(release, file(GOOD + "fullnameOverride: second\n"))
                        .one("Service", "second-digits"))
                .isNotNull();
    }

    /** Unquoted, each of these is a number or a truth to YAML, and no label. */
    @ParameterizedTest
    @ValueSource(strings = {"7", "1e3", "true", "null"})
    void aLabelIsATextWhateverTheReleaseIsCalled(String release) throws IOException {
        ObjectNode service = Chart.render(release, file(GOOD + "fullnameOverride: trainers\nnameOverride: \"yes\"\n"))
                .one("Service", "trainers-digits");

        assertThat(service.at("/spec/selector").path("app.kubernetes.io/instance"))
                .isEqualTo(TextNode.valueOf(release));
        assertThat(service.at("/spec/selector").path("app.kubernetes.io/name")).isEqualTo(TextNode.valueOf("yes"));
    }

    @Test
    void aRecordsSizeHasToBeANumberOfBytes() throws IOException {
        Path values = file(GOOD + "topics: {createdBy: strimzi}\nstrimzi: {cluster: main}\n"
                + "config: {ingest: {max-record-bytes: 8MB}}\n");

        assertThatThrownBy(() -> Chart.render(values))
                .hasMessageContaining("config.ingest.max-record-bytes is \"8MB\". Write a number of bytes");
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        Path unknown = file("replicas: 2\n" + changed("image: {repo: a}"));
        assertThatThrownBy(() -> Chart.render(unknown))
                .hasMessageContaining("'replicas' not allowed")
                .hasMessageContaining("'repo' not allowed");

        Path wrong = file(changed("config: {control: {token: a}, export: {when-finished: stop}}"));
        assertThatThrownBy(() -> Chart.render(wrong))
                .hasMessageContaining("for 2 reason(s)")
                .hasMessageContaining("config.control.token")
                .hasMessageContaining("config.export.when-finished");
    }

    /** The good values, with one top-level key replaced. */
    private static String changed(String change) {
        String key = change.substring(0, change.indexOf(':') + 1);
        return GOOD.replaceAll("(?m)^" + key + ".*(\n .*)*\n", "") + change + "\n";
    }

    /** For the job, as a text with escapes: JSON's are YAML's. */
    private static String clientProperties(String properties) throws IOException {
        return "    kafka:\n      clientProperties: " + new ObjectMapper().writeValueAsString(properties) + "\n";
    }

    private Path file(String values) throws IOException {
        return Files.writeString(directory.resolve("values.yaml"), values);
    }
}
