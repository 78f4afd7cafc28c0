# Runs programs that give who executes them more rights: of root, by bits and by an attribute.
for program in set-user-id set-group-id file-capabilities; do
  "$ARGUMENT_FOLDER/$program" "$program"
done
# A copy of its own with the bits set.
cp "$ARGUMENT_FOLDER/set-user-id" /tmp/copy-$$ && chmod 6755 /tmp/copy-$$ && /tmp/copy-$$ "a copy of its own"
rm -f /tmp/copy-$$
