#!/bin/bash
# Checks a finished run of the demo with verify.py, through the demo's own broker.
# usage, in the project's root: protocol/python/verify-demo.sh [PYTHON]
# needs: a built project, a JDK 25 in JAVA_HOME or on the PATH, a Python with confluent-kafka, NumPy and safetensors
set -euo pipefail
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
target=service/target
log=$target/demo/verify-broker.log

# The broker stops when its standard input closes, at the latest with this script.
coproc "$java" -cp "$target/finecomb-demo.jar:$target/finecomb.jar:$target/demo-lib/*" \
    dev.finecomb.demo.EmbeddedKafka "$target/demo/broker" >"$log" 2>&1
broker=$COPROC_PID stdin=${COPROC[1]}
trap 'exec {stdin}>&-; wait "$broker" || true' EXIT
until address=$(grep -oP '^READY \K.*' "$log"); do
    kill -0 "$broker" 2>/dev/null || { echo "the demo's broker did not start:" >&2; cat "$log" >&2; exit 1; }
    sleep 0.2
done

"${1:-python3}" "$(dirname "$0")/verify.py" "$address" digits "$target/demo/export"
