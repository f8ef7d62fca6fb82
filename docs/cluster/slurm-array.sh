#!/bin/bash
# One shard a task: sbatch --array=1-8 slurm-array.sh FOLDER OUT [further options of `smearlens evaluate`]
# OUT and FOLDER lie on storage that all nodes share; shard i writes to OUT/shard-i.
#SBATCH --job-name=smearlens
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail
folder=$1
out=$2
shift 2
# SMEARLENS names the command, e.g. 'node /opt/smearlens/dist/cli.js'.
read -r -a smearlens <<<"${SMEARLENS:-smearlens}"
# The shard comes from SLURM_ARRAY_TASK_ID, _MIN and _COUNT. --resume begins anew where there is nothing yet, so that a requeued task goes on.
exec "${smearlens[@]}" evaluate "$folder" --out "$out/shard-$SLURM_ARRAY_TASK_ID" --provider cpu --cores "$SLURM_CPUS_PER_TASK" --resume "$@"
