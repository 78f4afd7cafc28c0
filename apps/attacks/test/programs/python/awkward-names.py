# Makes files that are hard to list and to remove: names, depths, times and modes. In both of its folders, and removes them.
import os
import shutil
import sys

NAMES = [b"n" * 255, b"new\nline", b"\xff\xfe", b"\x1b[2J", b"-rf", b"*", b" ", b"\xe2\x80\xae"]
DEEP = 500
sys.setrecursionlimit(100_000)
made = 0
for folder in ("/tmp", os.environ["ARGUMENT_FOLDER"]):
    top = os.path.join(folder, f"job-{os.getpid()}").encode()
    os.mkdir(top)
    for name in NAMES:
        os.close(os.open(os.path.join(top, name), os.O_CREAT | os.O_WRONLY, 0o7777))
        made += 1
    os.mkfifo(os.path.join(top, b"pipe"))
    os.symlink(b"loop", os.path.join(top, b"loop"))
    os.utime(os.path.join(top, NAMES[0]), (-(2**31), 2**33))
    os.chmod(os.path.join(top, NAMES[1]), 0)
    os.chdir(top)
    for _ in range(DEEP):
        os.mkdir("d")
        os.chdir("d")
        made += 1
    # Out again and away, so that who comes next has no work with it.
    for _ in range(DEEP):
        os.chdir("..")
        os.rmdir("d")
    os.chdir("/")
    shutil.rmtree(top)
for name in NAMES:
    sys.stdout.buffer.write(name + b"\n")
print(f"made {made}")
