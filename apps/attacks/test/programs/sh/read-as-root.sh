# Reads and changes what only root of the machine may, in folders that it is shown.
. "${0%/*}/attack.sh"
folder=${ARGUMENT_FOLDER:-$TARGET_FOLDER/shown}
attempt "a file of root's alone" cat "$folder/private"
attempt "a file of the owner" sh -c "chmod 644 '$folder/file' && echo changed"
attempt "a new owner" sh -c "chown 0:0 '$folder/file' && echo changed"
