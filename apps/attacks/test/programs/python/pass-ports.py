# Connects to a port of the host that its policy does not name, and listens, in every way that TCP has.
import socket
from attack import attempt, target

MPTCP = 262
FAST_OPEN = 0x20000000
TO = ("127.0.0.1", int(target("PORT")))


def made(protocol=0):
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)


def bind(protocol):
    listener = made(protocol)
    listener.bind(("0.0.0.0", int(target("FREE_PORT"))))
    listener.listen()


attempt("connect", lambda: made().connect(TO))
attempt("connect by MPTCP", lambda: made(MPTCP).connect(TO))
attempt("connect by the first packet", lambda: made().sendto(b"x", FAST_OPEN, TO))
attempt("connect by the first message", lambda: made().sendmsg([b"x"], [], FAST_OPEN, TO))
attempt("connect by IPv6", lambda: socket.socket(socket.AF_INET6).connect((f"::ffff:{TO[0]}", TO[1])))
attempt("listen on a port", lambda: bind(0))
attempt("listen on a port by MPTCP", lambda: bind(MPTCP))
attempt("listen on whatever port", lambda: made().listen())
attempt("listen on whatever port by MPTCP", lambda: made(MPTCP).listen())
