# What the tasks of a round do. They leave notes in the folder `notes`, one line each, which the round is judged by:
#
#     ID.ATTEMPT.start    process id of the task's shell, rank of its engine, time of birth of the shell
#     ID.ATTEMPT.pids     process id and time of birth of every process of the task
#     ID.ATTEMPT.end      (empty) the task has come to its end
#     engine.RANK         (empty) this engine has run the PERENGINE START command
#     complaints          what must not be, in words
shopt -s nullglob

complain() {
  echo "task $DISBATCH_TASKID, attempt $DISBATCH_ATTEMPT: $*" >>notes/complaints
}

# The time of birth of a process, in $born; fails when it is none that lives, or one on its way out (PF_EXITING).
look() {
  local stat= words
  { IFS= read -r -d "" stat <"/proc/$1/stat"; } 2>/dev/null
  words=(${stat##*) })
  born=${words[19]}
  [[ -n $born && ${words[0]} != [ZX] ]] && ! ((words[6] & 4))
}

# Makes an empty file, or one with this line, unless there is one already.
note() {
  (set -o noclobber; echo ${2:+"$2"} >"$1") 2>/dev/null
}

remember() {
  look "$1" && echo "$1 $born" >>"$this.pids"
}

# prepare: what every engine runs first.
prepare() {
  note "notes/engine.$DISBATCH_ENGINE_RANK" || complain "engine $DISBATCH_ENGINE_RANK runs its start command twice"
}

# run SECONDS HABIT BARRIER PREPARED: tasks before BARRIER have to be done; engines are prepared if the last word is `yes`.
run() {
  local file pid was child
  this=notes/$DISBATCH_TASKID.$DISBATCH_ATTEMPT
  for file in notes/"$DISBATCH_TASKID".*.pids; do
    while read -r pid was; do
      look "$pid" && [[ $born = "$was" ]] && complain "process $pid of ${file#notes/} still lives"
    done <"$file"
  done
  look $$; note "$this.start" "$$ $DISBATCH_ENGINE_RANK $born" || complain "it is started twice"
  remember $$
  for ((i = 0; i < $3; i++)); do
    file=(notes/"$i".*.end)
    ((${#file[@]} > 0)) || complain "task $i before the barrier has not ended"
  done
  [[ $4 != yes || -e notes/engine.$DISBATCH_ENGINE_RANK ]] || complain "its engine has not run the start command"
  case $2 in
    plain) sleep "$1" ;;
    child) sleep "$1" & remember $!; wait $! ;;
    leaves-child) sleep "$1" & remember $!; sleep 0.02 ;;
    new-session) setsid sleep "$1" & remember $!; wait $! ;;
    ignores-term) trap "" TERM; sleep "$1" ;;
  esac
  echo "printed by task $DISBATCH_TASKID, attempt $DISBATCH_ATTEMPT"
  : >"$this.end"
}
