# Writes where the machine's settings are, to its programs, and to what everybody may write on the host.
. "${0%/*}/attack.sh"
write() { echo "$2" >"$1" && echo written; }
# Where nothing holds it, it must change nothing: what it read is written again, and nothing is appended.
again() { value=$(cat "$1") && echo "$value" >"$1" && echo written; }
append() { : >>"$1" && echo opened; }
for name in kernel/core_pattern kernel/modprobe kernel/hostname kernel/sysrq kernel/randomize_va_space \
  vm/overcommit_memory net/ipv4/ip_forward net/ipv4/ping_group_range user/max_user_namespaces fs/file-max; do
  attempt "/proc/sys/$name" again "/proc/sys/$name"
done
attempt "the machine's keys" write /proc/sysrq-trigger h
attempt "its own score" write /proc/self/oom_score_adj -1000
attempt "its own maps of ids" write /proc/self/uid_map "0 0 1"
attempt "the clock of a namespace" write /proc/self/timens_offsets "monotonic 100 0"
attempt "a program" write /usr/bin/hutch-attacks x
attempt "a user" append /etc/passwd
attempt "a module's settings" write /sys/module/hutch/parameters/x 1
attempt "a program that it is shown" append "$0"
attempt "a folder that everybody may write" write "$TARGET_FOLDER/writable/new" x
attempt "a link to a program" sh -c 'ln /usr/bin/env /tmp/linked && echo linked'
attempt "a device" sh -c 'mknod /tmp/device b 8 0 && echo made'
attempt "a device of memory" sh -c 'head -c 1 /dev/mem'
