#!/bin/busybox sh
# The first program of a guest: finds the disk and makes it the root.
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do [ -e "$module" ] && /bin/busybox insmod "$module"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do /bin/busybox sleep 0.1; tries=$((tries + 1)); done
/bin/busybox mount -t ext4 /dev/vda /disk || /bin/busybox poweroff -f
/bin/busybox cp /bin/busybox /disk/guest/bin/busybox
/bin/busybox mount --move /dev /disk/dev
/bin/busybox mount --move /proc /disk/proc
exec /bin/busybox switch_root /disk /bin/sh /guest/run.sh
