# Writes much more than it may.
head -c 33554432 /dev/zero | tr '\0' 'a'
echo
