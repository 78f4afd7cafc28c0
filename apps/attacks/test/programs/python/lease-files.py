# Takes leases on a file that it is shown read-only, and on its folder, which hold up whoever wants to write there.
import fcntl
import os
import signal
from attack import attempt, target

F_SETLEASE, F_SETDELEG = 1024, 1040
folder = os.environ.get("ARGUMENT_FOLDER", target("FOLDER") + "/shown")
# Who breaks a lease has its holder signalled.
signal.signal(signal.SIGIO, signal.SIG_IGN)
attempt("a lease", lambda: fcntl.fcntl(os.open(f"{folder}/file", os.O_RDONLY), F_SETLEASE, fcntl.F_RDLCK))
attempt("a lease of the folder", lambda: fcntl.fcntl(os.open(folder, os.O_RDONLY), F_SETDELEG, bytes(8)))
