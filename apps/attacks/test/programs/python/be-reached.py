# Listens on every address and waits for somebody from outside.
import socket
from attack import target

with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", int(target("FREE_PORT"))))
    listener.listen()
    listener.settimeout(0.7)
    try:
        listener.accept()
        print("somebody from outside: reached")
    except TimeoutError:
        print("somebody from outside: held")
