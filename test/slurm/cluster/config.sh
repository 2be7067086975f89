# shellcheck shell=bash
# What the hosts of cluster.sh read: sourced there, never run.

write_config() {
  local host gpu
  mkdir -p -m 755 "$STATE"/{etc,save,spool}
  (umask 077 && head -c 128 /dev/urandom >"$STATE/munge.key")
  : >"$STATE/resolv.conf"
  printf '127.0.0.1 localhost\n' >"$STATE/hosts"
  for host in "${HOSTS[@]}"; do printf '%s %s\n' "$(address "$host")" "$host" >>"$STATE/hosts"; done
  for gpu in 0 1 2 3; do mknod "$STATE/gpu$gpu" c 1 3; done
  for host in "${NODES[@]}"; do mkdir -p "$STATE/spool/$host"; done
  slurm_conf >"$STATE/etc/slurm.conf"
  # Slurm wants a device for each GPU, and only looks whether it is there: these are copies of /dev/null.
  echo "NodeName=$(pattern) Name=gpu File=$STATE/gpu[0-3]" >"$STATE/etc/gres.conf"
  # slurmd ends where it looks for control groups and there are none; of this kind it looks only when it is to use them.
  echo "CgroupPlugin=cgroup/v1" >"$STATE/etc/cgroup.conf"
  (umask 077 && slurmdbd_conf >"$STATE/etc/slurmdbd.conf")
}

pattern() { (IFS=, && echo "${NODES[*]}"); }

# cred_expire: for so long a job that is requeued has to wait before it starts again (seconds; two minutes unless told).
slurm_conf() {
  cat <<END
ClusterName=$TAG
SlurmctldHost=head
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$STATE/munge.socket,cred_expire=5
StateSaveLocation=$STATE/save
SlurmdSpoolDir=$STATE/spool/%n
SlurmctldPidFile=$STATE/slurmctld.pid
SlurmdPidFile=$STATE/slurmd.%n.pid
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=head
AccountingStoragePass=$STATE/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
GresTypes=gpu
JobRequeue=1
KillWait=5
MessageTimeout=5
MinJobAge=3600
ReturnToService=2
SlurmdTimeout=10
END
  printf 'NodeName=%s CPUs=4 Gres=gpu:4 State=UNKNOWN\n' "${NODES[@]}"
  echo "PartitionName=main Nodes=$(pattern) Default=YES MaxTime=INFINITE State=UP"
}

slurmdbd_conf() {
  cat <<END
DbdHost=head
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$STATE/munge.socket
PidFile=$STATE/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm
END
}
