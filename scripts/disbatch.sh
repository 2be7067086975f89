#!/bin/sh
# Starts disbatch: the single executable, or the bundle when that is all there is. sbatch takes scripts only, and has
# a copy of them run from a folder of Slurm's; then Slurm knows where this file stands.
program_near() {
  [ -n "$1" ] && near=$(dirname "$(readlink -f "$1")")/.. && { [ -x "$near/disbatch" ] || [ -f "$near/disbatch.mjs" ]; }
}
script_of_job() {
  scontrol show job -o "${SLURM_JOB_ID:?}" 2>/dev/null | sed -n '1s/.* Command=\([^ ]*\).*/\1/p'
}
program_near "$0" || program_near "$(script_of_job 2>/dev/null)" || program_near "$(command -v disbatch)" || {
  echo "disbatch: the program is not beside this script's folder; put a link to the script into PATH, not a copy" >&2
  exit 2
}
near=$(cd "$near" && pwd -P)
if [ -x "$near/disbatch" ]; then exec "$near/disbatch" "$@"; fi
exec node "$near/disbatch.mjs" "$@"
