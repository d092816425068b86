# cluster.sh
# Sourced by tools/test-slurm: starts a Slurm with one node on loopback, without accounting, in its own directory.

# start_cluster DIRECTORY: munged, slurmctld and slurmd with what the directory holds; exports SLURM_CONF.
start_cluster() {
  cluster=$1
  mkdir -p "$cluster"/{munge,state,spool}
  chmod 711 "$cluster/munge"
  (umask 077 && head -c 1024 /dev/urandom >"$cluster/munge/key")
  cluster_config >"$cluster/slurm.conf"
  export SLURM_CONF=$cluster/slurm.conf
  /usr/sbin/munged --force --socket="$cluster/munge/socket" --key-file="$cluster/munge/key" \
    --log-file="$cluster/munge/log" --pid-file="$cluster/munge/pid" --seed-file="$cluster/munge/seed" 2>>"$cluster/output"
  /usr/sbin/slurmctld -f "$SLURM_CONF" >>"$cluster/output" 2>&1
  /usr/sbin/slurmd -f "$SLURM_CONF" >>"$cluster/output" 2>&1
  wait_until 30 node_is_idle && return
  tail -n 20 "$cluster"/{output,slurmctld.log,slurmd.log,munge/log} >&2
  fail "the cluster did not start"
}

# Beside names and places this differs from Slurm's defaults in short arrays, in ended tasks that are soon forgotten, and in
# tasks that begin again soon.
cluster_config() {
  local host user
  host=$(hostname -s)
  user=$(id -un)
  cat <<END
ClusterName=aelog
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=5
MinJobAge=10
MaxArraySize=5
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=500 State=UNKNOWN
PartitionName=only Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
}

# stop_cluster: ends all jobs and the three daemons, whatever state they are in, and waits for them.
stop_cluster() {
  [ -n "${cluster:-}" ] || return 0
  scancel --quiet --user="$(id -un)" 2>/dev/null
  wait_until 15 queue_is_empty
  local file number
  for file in slurmd.pid slurmctld.pid munge/pid; do
    number=$(cat "$cluster/$file" 2>/dev/null) || continue
    kill "$number" 2>/dev/null
    wait_until 15 is_gone "$number" || kill -KILL "$number"
  done
  cluster=
}

node_is_idle() { [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]; }

queue_is_empty() { [ -z "$(squeue --noheader 2>/dev/null)" ]; }

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# wait_until SECONDS COMMAND...: whether the command succeeded in that time.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# A port of loopback that nobody listens on.
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo $port
}
