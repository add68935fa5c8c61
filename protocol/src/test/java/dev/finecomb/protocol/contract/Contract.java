package dev.finecomb.protocol.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The published contract as the jar holds it. */
final class Contract {
    private static final String FOLDER = "dev/finecomb/protocol/";
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    private Contract() {}

    /** A file of the contract, YAML or JSON. */
    static JsonNode read(String file) {
        try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new AssertionError("the contract has no " + file);
            }
            return (file.endsWith(".yaml") ? new YAMLMapper() : new JsonMapper()).readTree(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static JsonSchema schema(String name) {
        return SCHEMAS.getSchema(SchemaLocation.of("classpath:" + FOLDER + "schemas/" + name + ".json"));
    }
}
