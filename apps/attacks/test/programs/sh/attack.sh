# What every script says: one line for each way that it tries. Sourced.

# attempt WAY COMMAND…: reached if the command succeeds and says something, else held, with what it complained about
attempt() {
  way=$1
  shift
  if said=$("$@" 2>/dev/null) && [ -n "$said" ]; then
    echo "$way: reached $(echo "$said" | head -n 1)"
  else
    complaint=$("$@" 2>&1 >/dev/null | tail -n 1)
    echo "$way: held ${complaint##*: }"
  fi
}
