# Reads a file of the host by every path that could lead there.
. "${0%/*}/attack.sh"
up=../../../../../../../../../../../..
attempt "its path" cat "$TARGET_FILE"
attempt "up from the working folder" cat "$up$TARGET_FILE"
for from in / /usr /proc/self/cwd /proc/self/root /dev/shm /attack; do
  attempt "up from $from" cat "$from/$up$TARGET_FILE"
done
attempt "the root of process 1" cat "/proc/1/root$TARGET_FILE"
attempt "the folder of process 1" cat "/proc/1/cwd/$up$TARGET_FILE"
ln -s "$TARGET_FILE" "/tmp/link-$$"
attempt "a link in /tmp" cat "/tmp/link-$$"
rm "/tmp/link-$$"
