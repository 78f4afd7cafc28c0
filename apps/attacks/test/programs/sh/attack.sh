# What every script says: one line for each way that it tries. Sourced.

# attempt WAY COMMAND…: reached if the command succeeds and says something, else held, with what it complained about.
# No file is made for the complaints: a script may be killed, and where a control is off its /tmp is the machine's.
attempt() {
  way=$1
  shift
  # The complaints, then the exit status on a line of its own, then the first line of the output and a full stop.
  all=$({ said=$("$@" 2>&3); printf '\n%s\n%s.' "$?" "$(echo "$said" | head -n 1)"; } 3>&1)
  said=$(echo "$all" | tail -n 1)
  said=${said%.}
  if [ "$(echo "$all" | tail -n 2 | head -n 1)" = 0 ] && [ -n "$said" ]; then
    echo "$way: reached $said"
  else
    complaint=$(echo "$all" | sed '$d' | sed '$d' | grep . | tail -n 1)
    echo "$way: held ${complaint##*: }"
  fi
}
