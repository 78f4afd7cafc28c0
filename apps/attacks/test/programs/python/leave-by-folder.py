# Holds a folder of a mount open and climbs out of it by "..", step by step and at once.
import os
from attack import attempt, target

shown = os.environ["ARGUMENT_FOLDER"]
folder = os.open(shown, os.O_RDONLY | os.O_DIRECTORY)
below = os.open("below", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)


def read(path, at):
    return os.read(os.open(path, os.O_RDONLY, dir_fd=at), 100).decode()


attempt("beside the folder", lambda: read("../secret", folder))
attempt("beside it, from below", lambda: read("../../secret", below))


def climb():
    os.fchdir(below)
    for _ in range(20):
        os.chdir("..")
        if os.path.exists("secret"):
            return read("secret", None)
    return read(target("FILE"), None)


attempt("by climbing", climb)
