#!/bin/bash -p
# Starts disbatch: the single executable, or the bundle when that is all there is. sbatch takes scripts only, and has
# a copy of them run from a folder of Slurm's; then Slurm knows where this file stands.
#
# Tasks find the caller's environment. Other shells drop what is no name of theirs, such as exported functions; bash
# passes it on, and with -p it neither defines those functions nor runs BASH_ENV here. Whatever is set here, under whatever
# name, the caller may have exported: so names begin as no caller's do.

# The executable's runtime would have its own words for it, and another exit code.
pwd -P >/dev/null 2>&1 || {
  echo "disbatch: the working directory no longer exists; go to another" >&2
  exit 2
}

program_beside() {
  [ -f "$1" ] && __disbatch_near=$(dirname "$(readlink -f "$1")")/.. || return
  [ -x "$__disbatch_near/disbatch" ] || [ -f "$__disbatch_near/disbatch.mjs" ]
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
    program_beside "$path" && return
    shown=${shown#*' '}
    path+=' '
  done
  return 1
}

program_beside "$0" || program_of_job 2>/dev/null || program_beside "$(command -v disbatch)" || {
  echo "disbatch: the program is not beside this script's folder; put a link to the script into PATH, not a copy" >&2
  exit 2
}
__disbatch_near=$(cd "$__disbatch_near" && pwd -P)
__disbatch_program=(node "$__disbatch_near/disbatch.mjs")
[ -x "$__disbatch_near/disbatch" ] && __disbatch_program=("$__disbatch_near/disbatch")

# What these two hold is bash's own here, and not what the caller has exported.
case $(declare -p SHELLOPTS BASHOPTS) in
  *' -rx '*)
    __disbatch_kept=()
    while IFS= read -r -d '' __disbatch_variable; do
      case $__disbatch_variable in SHELLOPTS=* | BASHOPTS=*) __disbatch_kept+=("$__disbatch_variable") ;; esac
    done </proc/$$/environ
    __disbatch_program=(env "${__disbatch_kept[@]}" "${__disbatch_program[@]}")
    ;;
esac
exec "${__disbatch_program[@]}" "$@"
