"""Messages over a stream socket, each behind its length."""

import struct

from autograder.records.observations import MAX_MESSAGE, BadMessage

HEADER = struct.Struct("<Q")


def send(stream, message: bytes) -> None:
    """Send one message."""
    stream.sendall(HEADER.pack(len(message)) + message)


def receive(stream) -> bytes | None:
    """Wait for one message; None when the other side has closed."""
    buffer = Buffer()
    while (message := buffer.pop()) is None:
        data = stream.recv(min(2**20, buffer.missing()))
        if not data:
            return None
        buffer.add(data)
    return message


class Buffer:
    """Bytes as they come in, cut into messages."""

    def __init__(self):
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        self._data += data

    def missing(self) -> int:
        """Return how many bytes the next message still lacks, at least."""
        if len(self._data) < HEADER.size:
            return HEADER.size - len(self._data)
        (length,) = HEADER.unpack_from(self._data)
        if length > MAX_MESSAGE:
            raise BadMessage(f"a message of {length} bytes")
        return HEADER.size + length - len(self._data)

    def pop(self) -> bytes | None:
        """Return the next message if it is complete."""
        if len(self._data) < HEADER.size or self.missing() > 0:
            return None
        (length,) = HEADER.unpack_from(self._data)
        message = bytes(self._data[HEADER.size : HEADER.size + length])
        del self._data[: HEADER.size + length]
        return message
