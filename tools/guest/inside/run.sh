#!/bin/sh
# Process 1 of a guest: mounts what a machine has, takes the seat, runs the suite, says how it went, and switches off.
export PATH=/guest/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec </dev/null >/dev/hvc0 2>&1
word() { busybox sed -nE "s/.*\bhutch\.$1=([^ ]+).*/\1/p" /proc/cmdline; }
seat=$(word seat)
suite=$(word suite)

mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mkdir -p /dev/shm /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up 2>/dev/null || busybox ip link set lo up
hostname guest 2>/dev/null || busybox hostname guest
chown 4242:4242 /home/user
echo "guest: Linux $(uname -r), seat $seat, controllers $(cat /sys/fs/cgroup/cgroup.controllers), modules $(cat /sys/kernel/security/lsm)"

# Joining a cgroup takes a right on the folder above both places, so who tests stands in the folder that is its own.
for controller in memory pids cpu; do
  if grep -qw $controller /sys/fs/cgroup/cgroup.controllers; then echo +$controller > /sys/fs/cgroup/cgroup.subtree_control; fi
done
mkdir -p /sys/fs/cgroup/seat
echo $$ > /sys/fs/cgroup/seat/cgroup.procs
case $seat in
  user) chown 4242 /sys/fs/cgroup/seat /sys/fs/cgroup/seat/cgroup.procs /sys/fs/cgroup/seat/cgroup.subtree_control ;;
  root-bare) mount -o remount,ro /sys/fs/cgroup ;;
esac

case $suite in
  machine:*) run="exec bun test --timeout 300000 ./tools/guest/inside/machines/${suite#machine:}.test.ts" ;;
  command:*) run="$(printf %s "${suite#command:}" | busybox base64 -d)" ;;
  parts)
    # The second disk is the list, as long as it is and then nothing.
    busybox tr -d '\000' </dev/vdb >/guest/parts
    run="exec bun tools/guest/inside/run-parts.ts /guest/parts"
    ;;
  *) run="exec bun tools/guest/inside/run-short.ts" ;;
esac
cd /guest/tree
case $seat in
  root*) env -i HOME=/root TMPDIR=/tmp PATH="$PATH" HUTCH_STRESS_NG=/guest/stress-ng REQUIRE_KERNEL=1 NO_COLOR=1 sh -c "$run" ;;
  *)
    # By its path: busybox has a program of this name, which knows less.
    /usr/bin/setpriv --reuid=4242 --regid=4242 --clear-groups --inh-caps=-all \
      env -i HOME=/home/user TMPDIR=/tmp USER=user PATH="$PATH" HUTCH_STRESS_NG=/guest/stress-ng REQUIRE_KERNEL=1 NO_COLOR=1 sh -c "$run"
    ;;
esac
echo "guest: status $?"
busybox sync
busybox poweroff -f
