# beside: right
# score: 8
"""Connect to everything that listens, and listen."""

import socket

tcp, udp = TARGET["port"], TARGET["datagrams"]


def send(family, kind, address):
    one = socket.socket(family, kind)
    one.settimeout(1)
    one.connect(address)
    one.send(b"here")


INET, UNIX, STREAM, DATAGRAM = (
    socket.AF_INET,
    socket.AF_UNIX,
    socket.SOCK_STREAM,
    socket.SOCK_DGRAM,
)
attempt("TCP", lambda: send(INET, STREAM, ("127.0.0.1", tcp)))
attempt("TCP 6", lambda: send(socket.AF_INET6, STREAM, ("::1", tcp)))
attempt("UDP", lambda: send(INET, DATAGRAM, ("127.0.0.1", udp)))
attempt("far away", lambda: send(INET, STREAM, ("192.0.2.1", 80)))
attempt("UNIX", lambda: send(UNIX, STREAM, TARGET["socket"]))
attempt("abstract", lambda: send(UNIX, STREAM, TARGET["abstract"]))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("bind", lambda: socket.socket(UNIX).bind("here"))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("vsock", lambda: socket.socket(socket.AF_VSOCK, STREAM))
attempt("resolve", lambda: socket.gethostbyname("example.org"))
