# Reads more files than its memory holds: pages that the kernel keeps of files are no memory that a job took.
find /usr/lib /usr/bin -type f -size +64k 2>/dev/null | head -n 600 | xargs cat 2>/dev/null | head -c 134217728 | wc -c
