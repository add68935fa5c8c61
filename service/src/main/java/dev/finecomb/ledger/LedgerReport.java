package dev.finecomb.ledger;

import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that was found out about one job, check by check. */
public record LedgerReport(Topics topics, List<Finding> findings) {

    public LedgerReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing was found that breaks a promise. */
    public boolean holds() {
        return count(Finding.Verdict.BAD) == 0;
    }

    /** How many checks came to this. */
    public long count(Finding.Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

    /** The report as one compact JSON object. */
    public String toJson() {
        byte[] json = JsonWriter.object(out -> out.text("job", topics.job())
                .text("prefix", topics.prefix())
                .flag("holds", holds())
                .whole("ok", count(Finding.Verdict.OK))
                .whole("bad", count(Finding.Verdict.BAD))
                .whole("skipped", count(Finding.Verdict.SKIPPED))
                .objects("findings", findings, (inner, finding) -> finding.writeTo(inner)));
        return new String(json, StandardCharsets.UTF_8);
    }

    /** One line a check, violations below theirs, and a summary. */
    @Override
    public String toString() {
        return findings.stream().map(Finding::toString).collect(Collectors.joining(System.lineSeparator()))
                + System.lineSeparator()
                + "The ledger of " + topics.owner() + (holds() ? " holds: " : " does NOT hold: ")
                + count(Finding.Verdict.OK) + " ok, " + count(Finding.Verdict.BAD) + " bad, "
                + count(Finding.Verdict.SKIPPED) + " skipped";
    }
}
