#!/bin/bash
# A real Slurm of three nodes for tests, on one machine: Debian 12, as root.
#
#   cluster.sh up                 brings it up; does nothing when it is up
#   cluster.sh down               ends all its processes and removes its network and files
#   cluster.sh hold               up, "ready" on standard output, and down at the end of standard input
#   cluster.sh login COMMAND...   runs a command where users log in, in this folder and with this environment
#   cluster.sh exec HOST COMMAND... runs a command on a host, in this folder
#   cluster.sh crash NODE         a power cut: its processes and connections go, and nobody is told
#   cluster.sh back NODE          the node starts again
#
# `head` and `node1` to `node3` are hosts by namespaces of the kernel: each has a network, a name, a process table and mounts
# of its own, and all share the file system. They hang on a bridge, the only thing of the cluster that the machine itself can
# see, and have no way out from there. /etc/slurm is the cluster's wherever a host looks, so that programs need no SLURM_CONF.
# A second cluster beside this one needs another CLUSTER_TAG (of interfaces and files) and CLUSTER_NET (first three bytes).
set -euo pipefail

SELF=$(readlink -f "${BASH_SOURCE[0]}")
TAG=${CLUSTER_TAG:-dbt}
NET=${CLUSTER_NET:-198.18.77}
STATE=/run/disbatch-$TAG
BRIDGE=$TAG-bridge
NODES=(node1 node2 node3)
HOSTS=(head "${NODES[@]}")
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# shellcheck source=config.sh
. "$(dirname "$SELF")/config.sh"

die() {
  printf 'cluster.sh: %s\n' "$*" >&2
  exit 1
}

# within SECONDS COMMAND...: tries it again and again until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do
    [[ $SECONDS -lt $end ]] || return 1
    sleep 0.05
  done
}

require() {
  local packages="slurmctld slurmd slurmdbd mariadb-server-core mariadb-client-core iproute2 procps" program
  [[ $(id -u) -eq 0 && -e /etc/debian_version ]] || die "the Slurm tests bring up a cluster and need root on Debian for that"
  for program in slurmctld slurmd slurmdbd srun munged mariadbd mariadb-install-db ip nsenter pgrep; do
    command -v "$program" >/dev/null || die "$program is missing: apt-get install --no-install-recommends $packages"
  done
}

address() {
  case $1 in
    head) echo "$NET.250" ;;
    node*) echo "$NET.${1#node}" ;;
  esac
}

# Process id of a host's first process, as the machine counts; fails when the host is not there. A process id may be used
# again by another: its command line tells.
init_of() {
  local pid
  pid=$(cat "$STATE/$1/init" 2>/dev/null) && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "boot $1 $STATE" &&
    echo "$pid"
}

is_there() { init_of "$1" >/dev/null; }
# comes_up SECONDS HOST COMMAND...: as `within`, but fails at once when the host ends.
comes_up() {
  within "$1" has_settled "${@:2}" && is_there "$2"
}
has_settled() { ! is_there "$1" || "${@:2}"; }
is_gone() { [[ ! -e /proc/$1 ]]; }
on_head() { nsenter --target "$(init_of head)" --net --mount --uts --pid -- "$@"; }

# Why a host does not start, by its log: the worst of what it says.
complaint() {
  local word
  for word in fatal 'error|cannot|failed|not found|does not' .; do
    grep -hiE "$word" "$STATE/$1/log" | grep -v dmesg | tail -n 1 | grep . && return
  done
  echo "no reason is given"
}

start_host() {
  local host=$1 pid port=$TAG-$1
  mkdir -p "$STATE/$host"
  # Not in the folder of whoever called: it may be removed while the host stays.
  setsid env --chdir=/ unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CLUSTER_TAG="$TAG" CLUSTER_NET="$NET" \
    /bin/bash "$SELF" boot "$host" "$STATE" </dev/null >"$STATE/$host/log" 2>&1 9>&- &
  pid=$!
  disown
  within 30 pgrep --parent "$pid" >"$STATE/$host/init" || die "$host does not start: $(complaint "$host")"
  ip link add "$port" type veth peer name eth0 netns "$(cat "$STATE/$host/init")"
  ip link set "$port" master "$BRIDGE" up
}

# The first process of a host: it takes in orphans, and when it is killed the kernel ends whatever else runs there.
boot() {
  local host=$1
  hostname "$host"
  mount_files
  ip link set lo up
  # Whoever starts the host plugs it in; one whose starter is gone ends by itself.
  within 60 ip addr add "$(address "$host")/24" dev eth0
  ip link set eth0 up
  if [[ $host = head ]]; then
    munged --foreground --force --key-file="$STATE/munge.key" --socket="$STATE/munge.socket" \
      --pid-file="$STATE/munge.pid" --seed-file="$STATE/munge.seed" --log-file="$STATE/head/munged.log" &
    start_database
    slurmdbd -D &
    within 120 listens head 6819
    slurmctld -D &
  else
    slurmd -D -N "$host" &
  fi
  wait -n
}

mount_files() {
  mount --bind "$STATE/hosts" /etc/hosts
  mount --bind "$STATE/resolv.conf" /etc/resolv.conf
  mount --bind "$STATE/etc" /etc/slurm
}

# Without a database behind it Slurm lets a job shrink only once.
start_database() {
  mariadb-install-db --no-defaults --user=root --datadir="$STATE/sql" --skip-test-db --innodb-log-file-size=4M \
    --auth-root-authentication-method=normal >/dev/null
  export MYSQL_UNIX_PORT=$STATE/sql.socket
  mariadbd --no-defaults --user=root --datadir="$STATE/sql" --skip-networking --socket="$MYSQL_UNIX_PORT" \
    --innodb-log-file-size=4M --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 &
  within 120 test -S "$MYSQL_UNIX_PORT"
}

# shellcheck disable=SC2016 # expanded by the shell inside
listens() { timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$(address "$1")" "$2"; }

# is_ready NODE SINCE: the controller has heard from the node's slurmd, started since then, and gives it work.
is_ready() {
  local shown started
  shown=$(on_head scontrol --oneliner show node "$1") || return 1
  started=$(sed -n 's/.* SlurmdStartTime=\([^ ]*\).*/\1/p' <<<"$shown")
  [[ $started = 20* && ! $started < $2 && $shown =~ \ State=(IDLE|MIXED|ALLOCATED)(\+CLOUD)?\  ]]
}

start_nodes() {
  local node since
  since=$(date +%FT%T)
  for node in "$@"; do start_host "$node"; done
  for node in "$@"; do comes_up 120 "$node" is_ready "$node" "$since" || die "$node does not come up: $(complaint "$node")"; done
}

crash() {
  local pid
  ip link set "$TAG-$1" down 2>/dev/null || true
  if pid=$(init_of "$1"); then
    kill -KILL "$pid" 2>/dev/null || true
    within 60 is_gone "$pid" || die "$1 does not end"
  fi
  rm -f "$STATE/$1/init"
  ip link del "$TAG-$1" 2>/dev/null || true
}

up() {
  local host missing=
  for host in "${HOSTS[@]}"; do is_there "$host" || missing=$host; done
  [[ -n $missing ]] || return 0
  down
  [[ -z $(ip -o route show root "$NET.0/24") ]] || die "$NET.0/24 is in use here: set CLUSTER_NET and CLUSTER_TAG"
  # Without an address of its own the bridge takes the lowest one of its ports, which changes when a node crashes and comes
  # back; the other nodes would go on calling the old one for half a minute.
  ip link add "$BRIDGE" address 02:00:c6:12:4d:fe type bridge || die "cannot make a network: $BRIDGE is there, or namespaces are not allowed"
  trap '[[ $? -eq 0 ]] || down' EXIT
  ip addr add "$NET.254/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  write_config
  start_host head
  comes_up 120 head listens head 6817 || die "slurmctld does not come up: $(complaint head)"
  start_nodes "${NODES[@]}"
}

down() {
  local host
  for host in "${HOSTS[@]}"; do crash "$host"; done
  ip link del "$BRIDGE" 2>/dev/null || true
  rm -rf "$STATE"
}

hold() {
  down
  up
  trap down EXIT
  echo ready
  read -r || true
}

# One at a time: a test run holds the cluster to its end.
lock() {
  exec 9>"/run/lock/disbatch-$TAG"
  flock --nonblock 9 ||
    die "another test run has this cluster: wait for it, or set CLUSTER_TAG and CLUSTER_NET (now $TAG and $NET)"
}

known() {
  local host
  for host in "${@:2}"; do [[ $host != "$1" ]] || return 0; done
  die "no such host: $1"
}

verb=${1:-}
shift || true
case $verb in
  up | down | hold)
    require
    lock
    "$verb"
    ;;
  crash)
    known "${1:-}" "${NODES[@]}"
    crash "$1"
    ;;
  back)
    known "${1:-}" "${NODES[@]}"
    is_there "$1" || start_nodes "$1"
    ;;
  exec)
    known "${1:-}" "${HOSTS[@]}"
    pid=$(init_of "$1") || die "$1 is down"
    exec nsenter --target "$pid" --net --mount --uts --pid --wdns="$PWD" -- "${@:2}"
    ;;
  login)
    # Not in the head's process table: the process id of the command is the one that the caller has started.
    pid=$(init_of head) || die "the cluster is down"
    unset SLURM_CONF
    exec nsenter --target "$pid" --net --uts -- unshare --mount /bin/bash "$SELF" as-user "$@"
    ;;
  as-user)
    mount_files
    exec "$@"
    ;;
  boot) boot "$1" ;;
  *)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$SELF" >&2
    exit 2
    ;;
esac
