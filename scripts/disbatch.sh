#!/bin/bash -p
# Starts disbatch: the single executable, or the bundle when that is all there is. sbatch takes scripts only, and has
# a copy of them run from a folder of Slurm's; then Slurm knows where this file stands.
#
# Tasks find the caller's environment. Other shells drop what is no name of theirs, such as exported functions; bash
# passes it on, and with -p it neither defines those functions nor runs BASH_ENV here.

# The executable's runtime would have its own words for it, and another exit code.
pwd -P >/dev/null 2>&1 || {
  echo "disbatch: the working directory no longer exists; go to another" >&2
  exit 2
}

program_near() {
  [ -f "$1" ] && near=$(dirname "$(readlink -f "$1")")/.. && { [ -x "$near/disbatch" ] || [ -f "$near/disbatch.mjs" ]; }
}

# Slurm shows the path with the arguments behind it, and either may have blanks.
program_of_job() {
  local shown path='' word
  shown=$(scontrol show job -o "${SLURM_JOB_ID:?}") && [[ $shown == *' Command='* ]] || return
  # A job may have any name.
  shown=${shown#*' UserId='}
  shown="${shown#*' Command='} "
  while [ -n "$shown" ]; do
    word=${shown%%' '*}
    path+=$word
    program_near "$path" && return
    shown=${shown#*' '}
    path+=' '
  done
  return 1
}

program_near "$0" || program_of_job 2>/dev/null || program_near "$(command -v disbatch)" || {
  echo "disbatch: the program is not beside this script's folder; put a link to the script into PATH, not a copy" >&2
  exit 2
}
near=$(cd "$near" && pwd -P)
if [ -x "$near/disbatch" ]; then program=("$near/disbatch"); else program=(node "$near/disbatch.mjs"); fi

# What these two hold is bash's own here, and not what the caller has exported.
case $(declare -p SHELLOPTS BASHOPTS) in
  *' -rx '*)
    kept=()
    while IFS= read -r -d '' variable; do
      case $variable in SHELLOPTS=* | BASHOPTS=*) kept+=("$variable") ;; esac
    done </proc/$$/environ
    program=(env "${kept[@]}" "${program[@]}")
    ;;
esac
exec "${program[@]}" "$@"
