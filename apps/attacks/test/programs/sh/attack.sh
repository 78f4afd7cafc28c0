# What every script says: one line for each way that it tries. Sourced.

# attempt WAY COMMAND…: reached if the command succeeds and says something, else held, with what it complained about
attempt() {
  way=$1
  shift
  complaints=/tmp/complaints-$$
  if said=$("$@" 2>"$complaints") && [ -n "$said" ]; then
    echo "$way: reached $(echo "$said" | head -n 1)"
  else
    complaint=$(tail -n 1 "$complaints")
    echo "$way: held ${complaint##*: }"
  fi
  rm -f "$complaints"
}
