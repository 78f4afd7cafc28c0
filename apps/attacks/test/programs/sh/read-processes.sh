# Looks for processes of others and into them.
. "${0%/*}/attack.sh"
look() { [ -r "/proc/$TARGET_PID/$1" ] && head -c 20 "/proc/$TARGET_PID/$1" | tr '\0\n' '  '; }
for file in cmdline status limits; do attempt "$file of the host's process" look "$file"; done
environ() { for folder in /proc/[0-9]*; do [ "${folder#/proc/}" = "$$" ] || cat "$folder/environ"; done 2>/dev/null | tr '\0' '\n' | grep "^SECRET_OF_THE_HOST="; }
attempt "somebody's environment" environ
arguments() { cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep -m 1 "^${TARGET_PREFIX}"; }
attempt "somebody's arguments" arguments
many() { set -- /proc/[0-9]*; [ $# -gt 8 ] && echo $#; }
attempt "more processes than its own" many
