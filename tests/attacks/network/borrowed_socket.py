# beside: right
# score: 8
"""Turn a socket that this process may have into one that reaches others."""

import os
import socket

one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
attempt("connect a pair", lambda: one.connect(TARGET["abstract"]))
attempt("send to a name", lambda: one.sendto(b"here", TARGET["abstract"]))
attempt("send to a path", lambda: one.sendto(b"here", TARGET["socket"]))
attempt("another kind of pair", lambda: socket.socketpair(socket.AF_INET))
talk = socket.socket(fileno=os.dup(9))
attempt("pass a descriptor", lambda: socket.send_fds(talk, [b"here"], [1]))
attempt("accept", talk.accept)
