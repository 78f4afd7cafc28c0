# The most frequent words of a text on stdin.
import collections
import re
import sys

words = re.findall(r"[a-z]+", sys.stdin.read().lower())
count = collections.Counter(word for word in words if len(word) > 3)
for word, times in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:5]:
    print(word, times)
