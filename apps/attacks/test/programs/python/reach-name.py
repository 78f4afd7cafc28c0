# Connects to a name of the host from the host's own network, where no namespace stands between.
import socket
from attack import attempt, target


def connect(kind):
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.connect("\0" + target("NAME"))


attempt("a name of the host", lambda: connect(socket.SOCK_STREAM))
