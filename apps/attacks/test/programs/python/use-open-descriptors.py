# Tries every descriptor that it may have been left: reads it, and goes to it as a folder to look around from there.
import os
from attack import target

GIVEN = (0, 1, 2)
MOST = 4096


def tries():
    for fd in range(MOST):
        if fd in GIVEN:
            continue
        try:
            os.fstat(fd)
        except OSError:
            continue
        yield f"descriptor {fd}, {os.readlink(f'/proc/self/fd/{fd}')}"
    for fd in range(65):
        try:
            os.chdir(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        yield f"folder {fd}, {os.getcwd()}"
    # What a name of the host would lead to from a folder of the host.
    for name in ("secret", target("FILE")[1:]):
        if os.path.exists(name):
            yield f"{name} from {os.getcwd()}"


found = list(tries())
print("descriptors that were left open: " + (f"reached {'; '.join(found)}" if found else "held"))
