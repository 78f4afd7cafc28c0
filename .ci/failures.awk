# From the log of one step: every test that failed, with the lines before it, and every `bun test` that ended without its
# summary. Turbo puts "PACKAGE:TASK: " in front of each line and mixes the packages, so each has lines of its own here.
# The names also go to the file `names`.
BEGIN { before = 40 }

{
  task = ""; text = $0
  if (match($0, /^[^ :]+:[a-z][a-z:]*: ?/)) { task = substr($0, 1, RLENGTH); text = substr($0, RLENGTH + 1) }
  # What passed or was skipped explains nothing.
  if (text ~ /^\((pass|skip)\) / || text == "") next
  line[task, ++count[task]] = $0
}

text ~ /^bun test v/ { running[task] = 1 }
text ~ /^Ran [0-9]+ tests? across|^The following filters did not match any test files/ { running[task] = 0 }

# At its end bun lists the failed tests again.
text ~ /^\(fail\) / && !((task, text) in known) {
  known[task, text] = 1
  show(task, count[task] - before)
  print $0 >names
}
text ~ /^# Unhandled error between tests/ { waiting[task] = 25; print $0 >names }
# Why a test timed out comes after its name.
text ~ /^  \^ / && shown[task] == count[task] - 1 { show(task, count[task]) }
waiting[task] > 0 && --waiting[task] == 0 { show(task, count[task] - 25) }

END {
  for (task in count) {
    if (waiting[task] > 0) show(task, count[task] - 25)
    if (!running[task]) continue
    show(task, count[task] - before)
    print task "bun test ended without a summary"
    print task "bun test ended without a summary" >names
  }
}

function show(task, first,    at) {
  if (first <= shown[task]) first = shown[task] + 1
  if (first < 1) first = 1
  if (first > shown[task] + 1 || shown[task] == 0) print ""
  for (at = first; at <= count[task]; at++) print line[task, at]
  shown[task] = count[task]
}
