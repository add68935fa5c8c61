#!/bin/bash
# Runs the examples beside it against a finished run of the demo, through the demo's own broker: checks the job with
# verify.py, follows its masks with apply_masks.py, and feeds a job that nobody runs with produce.py.
# usage, in the project's root: protocol/python/verify-demo.sh [PYTHON]
# needs: a built project, a JDK 25 in JAVA_HOME or on the PATH, a Python with confluent-kafka, NumPy and safetensors
set -euo pipefail
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
target=service/target
log=$target/demo/verify-broker.log
python=${1:-python3}
examples=$(dirname "$0")
out=$(mktemp -d)

: >"$log" # an earlier broker's address must not be taken for this one's
# The broker stops when its standard input closes, at the latest with this script.
coproc "$java" -cp "$target/finecomb-demo.jar:$target/finecomb.jar:$target/demo-lib/*" \
    dev.finecomb.demo.EmbeddedKafka "$target/demo/broker" >"$log" 2>&1
broker=$COPROC_PID stdin=${COPROC[1]} follower=""
trap '[ -z "$follower" ] || kill "$follower" 2>/dev/null || true; exec {stdin}>&-; wait "$broker" || true; rm -r "$out"' EXIT
until address=$(grep -oP '^READY \K.*' "$log"); do
    kill -0 "$broker" 2>/dev/null || { echo "the demo's broker did not start:" >&2; cat "$log" >&2; exit 1; }
    sleep 0.2
done

"$python" "$examples/verify.py" "$address" digits "$target/demo/export"

# It follows without end; the weights are sparse already, so that the masks change none of their bytes.
model=$target/demo/export/model.safetensors
: >"$out/log"
"$python" "$examples/apply_masks.py" "$address" digits "$model" "$out/masked.safetensors" --follow >"$out/log" 2>&1 &
follower=$!
until grep "layers masked as of step" "$out/log"; do
    kill -0 "$follower" 2>/dev/null || { echo "apply_masks.py ended:" >&2; cat "$out/log" >&2; exit 1; }
    sleep 0.2
done
kill "$follower"
"$python" - "$model" "$out/masked.safetensors" <<'SAME'
import sys
from safetensors.numpy import load_file
before, after = map(load_file, sys.argv[1:])
sys.exit(before.keys() != after.keys() or any((before[name] != after[name]).any() for name in before))
SAME
echo "ok     apply_masks.py --follow wrote the same weights"

topic=finecomb.fed-$(date +%s).batches
"$python" - "$address" "$topic" <<'CREATE'
import sys
from confluent_kafka.admin import AdminClient, NewTopic
admin = AdminClient({"bootstrap.servers": sys.argv[1]})
admin.create_topics([NewTopic(sys.argv[2], 1, 1)])[sys.argv[2]].result(30)
CREATE
"$python" "$examples/produce.py" "$address" "${topic:9:-8}" service/src/main/resources/dev/finecomb/demo/digits.csv.gz 20
"$python" - "$address" "$topic" "$examples" <<'READ'
import sys
sys.path.insert(0, sys.argv[3])
from masks import records
from safetensors.numpy import load
batches = [load(record.value()) for record in records(*sys.argv[1:3])]
sys.exit([(batch["x"].shape, batch["y"].shape) for batch in batches] != 20 * [((64, 1, 8, 8), (64,))])
READ
echo "ok     produce.py sent 20 batches"
