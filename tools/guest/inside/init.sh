#!/bin/busybox sh
# The first program of a guest: finds the disk and makes it the root.
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do [ -e "$module" ] && /bin/busybox insmod "$module"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do /bin/busybox sleep 0.1; tries=$((tries + 1)); done
/bin/busybox mount -t ext4 /dev/vda /disk || /bin/busybox poweroff -f
/bin/busybox cp /bin/busybox /disk/guest/bin/busybox

# Asked for it keeps the root that the kernel made for it, and shows the disk's folders in there.
if /bin/busybox grep -qw hutch.root=initramfs /proc/cmdline; then
  for path in /disk/*; do
    name=${path#/disk/}
    case $name in bin | dev | proc | lost+found) continue ;; esac
    if [ -L "$path" ]; then
      /disk/guest/bin/busybox cp -P "$path" "/$name"
    else
      /disk/guest/bin/busybox mkdir -p "/$name"
      /disk/guest/bin/busybox mount --bind "$path" "/$name"
    fi
  done
  /disk/guest/bin/busybox rm -r /bin
  /disk/guest/bin/busybox ln -s usr/bin /bin
  exec /bin/sh /guest/run.sh
fi

/bin/busybox mount --move /dev /disk/dev
/bin/busybox mount --move /proc /disk/proc
exec /bin/busybox switch_root /disk /bin/sh /guest/run.sh
