# Asks the system's set-user-id programs and their like for rights.
. "${0%/*}/attack.sh"
PATH=/usr/sbin:/usr/bin:/sbin:/bin
attempt su su -c "id -u" root
attempt sudo sudo -n id -u
attempt pkexec pkexec id -u
attempt mount sh -c 'mount -t tmpfs none /tmp && echo mounted'
attempt unshare unshare --user --map-root-user id -u
attempt newuidmap sh -c 'newuidmap $$ 0 0 1 && echo mapped'
attempt newgidmap sh -c 'newgidmap $$ 0 0 1 && echo mapped'
attempt fusermount3 sh -c 'fusermount3 -u /tmp && echo unmounted'
# Only asks: where nothing holds it, it must change nothing.
attempt passwd passwd -S root
attempt capsh capsh --uid=0 --
attempt runuser runuser -u root -- id -u
attempt setpriv setpriv --reuid=0 --clear-groups id -u
attempt nsenter nsenter --target 1 --mount id -u
