#!/bin/bash
# Runs docs/cluster/slurm-array.sh on a real Slurm of one node, started here and ended again, and compares the merged shards with one run.
# Needs root and Debian's slurm-wlm; skips, saying so, where they are not there. dist/ has to be built.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in slurmctld slurmd munged sbatch; do
  command -v "$program" >/dev/null || { echo "skipped: no $program on this machine (apt-get install slurm-wlm)"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo 'skipped: starting Slurm needs root'; exit 0; }

root=$PWD
work=$(mktemp -d)
node=$(hostname -s)
started=()
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
# slurmctld and munged refuse folders that others may write to.
chmod 755 "$work"
mkdir -p "$work"/{state,spool,munge,log}
chown munge: "$work/munge"
chmod 755 "$work/munge"

head -c 1024 /dev/urandom >"$work/munge/munge.key"
chown munge: "$work/munge/munge.key"
chmod 400 "$work/munge/munge.key"
socket=$work/munge/munge.socket
setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --key-file="$work/munge/munge.key" --socket="$socket" \
  --pid-file="$work/munge/munged.pid" --log-file="$work/munge/munged.log" --seed-file="$work/munge/munged.seed" &
started+=($!)

cat >"$work/slurm.conf" <<CONF
ClusterName=smearlens
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$socket
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldLogFile=$work/log/slurmctld.log
SlurmdLogFile=$work/log/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
slurmctld -D -i &
started+=($!)
slurmd -D -N "$node" &
started+=($!)
for _ in $(seq 60); do
  if sinfo -h -o %T 2>/dev/null | grep -q idle; then break; fi
  sleep 1
done
sinfo

# Images drawn here: four classes, one picture that cannot be read.
node -e '
const sharp = require("sharp"), fs = require("fs"), path = require("path");
(async () => {
  for (let i = 0; i < 40; i++) {
    const file = path.join(process.argv[1], ["Benign", "Early", "Pre", "Pro"][i % 4], `smear ${i}.png`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await sharp({ create: { width: 64, height: 48, channels: 3, background: "#b06090", noise: { type: "gaussian", mean: 90 + 2 * i, sigma: 40 } } }).png().toFile(file);
  }
  fs.writeFileSync(path.join(process.argv[1], "Pre", "torn.jpg"), "no image");
})();' "$work/smears"
cli=$root/dist/cli.js
node "$cli" evaluate "$work/smears" --out "$work/one" --provider cpu >"$work/log/one" 2>&1 || [ $? = 1 ]

export SMEARLENS="node $cli"
# 41 images fall into three shards; the array ends with 1 where the torn one is, as one run does.
sbatch --wait --array=1-3 --cpus-per-task=1 --mem=0 --output="$work/log/task-%a" docs/cluster/slurm-array.sh "$work/smears" "$work/out" || true
tail -n 2 "$work"/log/task-*
node "$cli" merge "$work"/out/shard-* --out "$work/out/all" >"$work/log/merge" 2>&1 || [ $? = 1 ]
for file in metrics.json predictions-all-mobilenetv2.csv; do cmp "$work/one/$file" "$work/out/all/$file"; done
[ "$(wc -l <"$work/out/all/predictions-all-mobilenetv2.csv")" = 41 ]
for i in 1 2 3; do grep -q "\"shard\":{\"index\":$i,\"count\":3}" "$work/out/shard-$i/.journal.jsonl"; done
echo 'passed: three tasks of a Slurm array, merged, are one run'
