# Reads what the kernel tells about the machine.
. "${0%/*}/attack.sh"
head_of() { head -c 64 "$1" | tr '\0' ' '; }
for file in kcore kmsg keys timer_list sched_debug interrupts cmdline kpagecount vmallocinfo slabinfo; do
  attempt "/proc/$file" head_of "/proc/$file"
done
symbols() { grep -m 1 -v '^0000000000000000' /proc/kallsyms; }
attempt "addresses of the kernel" symbols
memory() { grep -m 1 -v '^ *00000000-00000000' /proc/iomem; }
attempt "addresses of memory" memory
for folder in /sys/kernel /sys/firmware /sys/fs/cgroup /sys/class/net /boot /root /home /var /run /srv /mnt; do
  attempt "$folder" ls "$folder"
done
attempt "messages of the kernel" dmesg
paths() { grep -v ':/$' /proc/self/cgroup; }
attempt "a cgroup that is not the top" paths
