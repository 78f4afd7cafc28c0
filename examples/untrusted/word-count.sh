# The most frequent words of a text on stdin.
tr 'A-Z' 'a-z' | tr -cs 'a-z' '\n' | grep '....' | sort | uniq -c | sort -k1,1nr -k2 | head -n 5 |
  while read -r times word; do echo "$word $times"; done
