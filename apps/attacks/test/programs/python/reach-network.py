# Connects to everything that could be there: services of the host, the local network, the internet.
import os
import socket
from attack import attempt, target


def connect(family, kind, address):
    with socket.socket(family, kind) as client:
        client.settimeout(2)
        client.connect(address)


PORT = int(target("PORT"))
TCP = (socket.AF_INET, socket.SOCK_STREAM)
UDP = (socket.AF_INET, socket.SOCK_DGRAM)
LOCAL = (socket.AF_UNIX, socket.SOCK_STREAM)
attempt("a port of the host", lambda: connect(*TCP, ("127.0.0.1", PORT)))
attempt("a port of the host by another address", lambda: connect(*TCP, ("127.1.2.3", PORT)))
attempt("a port of the host by no address", lambda: connect(*TCP, ("0.0.0.0", PORT)))
attempt("a port of the host, IPv6", lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", PORT)))
attempt("a name of the host", lambda: connect(*LOCAL, "\0" + target("NAME")))
attempt("a socket by its path", lambda: connect(*LOCAL, target("SOCKET")))
for path in (
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/dbus/system_bus_socket",
    "/run/systemd/private",
    "/tmp/.X11-unix/X0",
    "/run/containerd/containerd.sock",
    "/dev/log",
):
    attempt(path, lambda path=path: connect(*LOCAL, path))
attempt("X11 by name", lambda: connect(*LOCAL, "\0/tmp/.X11-unix/X0"))
# A datagram's connect finds a route and sends nothing.
attempt("a route to the internet", lambda: connect(*UDP, ("203.0.113.1", 9)))
attempt("a route to metadata of a cloud", lambda: connect(*UDP, ("169.254.169.254", 80)))
attempt("a route to a private network", lambda: connect(*UDP, ("10.0.0.1", 53)))
attempt("a route by IPv6", lambda: connect(socket.AF_INET6, socket.SOCK_DGRAM, ("2001:db8::1", 9)))
attempt("a group", lambda: connect(*UDP, ("224.0.0.251", 5353)))
attempt("echo requests", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP))
interfaces = [name for _, name in socket.if_nameindex() if name != "lo"]
print("interfaces: " + (f"reached {interfaces}" if interfaces else "held"))
