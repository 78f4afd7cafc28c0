# Writes a file that is larger than it may be into a folder of the host.
rm -f "$ARGUMENT_FOLDER/large"
trap 'rm -f "$ARGUMENT_FOLDER/large"' EXIT
head -c 8388608 /dev/zero >"$ARGUMENT_FOLDER/large"
code=$?
[ "$code" -gt 128 ] && kill -$((code - 128)) $$
echo "8 MiB: reached"
