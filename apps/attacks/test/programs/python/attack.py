# What every program in Python says: one line for each way that it tries.
import errno
import os


def attempt(way, act):
    try:
        said = act()
    except OSError as error:
        print(f"{way}: held {errno.errorcode.get(error.errno, error)}", flush=True)
    else:
        print(f"{way}: reached {said if said is not None else ''}", flush=True)


def target(name):
    return os.environ["TARGET_" + name]
