"""Messages between the web processes, the broker and its workers: a length, JSON, and perhaps bytes or an open file."""

import json
import os
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Any

_LENGTHS = struct.Struct("!II")
_CHUNK = 1 << 18
_MAX_FDS = 8


@dataclass(frozen=True)
class Message:
    """``fields`` is JSON; ``data`` rides along as it is; ``file`` is a descriptor that changes hands, or ``None``."""

    fields: dict[str, Any]
    data: bytes = b""
    file: int | None = None

    def encode(self) -> bytes:
        head = json.dumps({**self.fields, "_file": self.file is not None}, ensure_ascii=False).encode()
        return _LENGTHS.pack(len(head), len(self.data)) + head + self.data


@dataclass
class Inbox:
    """What has arrived on a socket and is not yet a whole message."""

    buffer: bytearray = field(default_factory=bytearray)
    files: deque[int] = field(default_factory=deque)

    def receive(self, link: socket.socket) -> bool:
        """Take what is there; ``False`` when the other side has closed."""
        try:
            data, files, _, _ = socket.recv_fds(link, _CHUNK, _MAX_FDS)
        except ConnectionError:
            return False
        self.buffer += data
        self.files.extend(files)
        return bool(data)

    def take(self) -> Message | None:
        """The next whole message, or ``None``."""
        if len(self.buffer) < _LENGTHS.size:
            return None
        head_size, data_size = _LENGTHS.unpack_from(self.buffer)
        end = _LENGTHS.size + head_size + data_size
        if len(self.buffer) < end:
            return None
        fields = json.loads(self.buffer[_LENGTHS.size : _LENGTHS.size + head_size])
        data = bytes(self.buffer[_LENGTHS.size + head_size : end])
        del self.buffer[:end]
        return Message(fields, data, self.files.popleft() if fields.pop("_file") else None)

    def close(self) -> None:
        """Give back descriptors that nobody took."""
        while self.files:
            os.close(self.files.popleft())


def send(link: socket.socket, message: Message) -> None:
    """Send a whole message on a blocking socket; the descriptor stays open on this side."""
    data = message.encode()
    if message.file is not None:
        sent = socket.send_fds(link, [data], [message.file])
        data = data[sent:]
    if data:
        link.sendall(data)


@dataclass
class Outbox:
    """What is to be sent on a socket that does not block. Descriptors are closed when they are sent."""

    waiting: deque[tuple[bytes, int | None]] = field(default_factory=deque)

    def put(self, message: Message) -> None:
        self.waiting.append((message.encode(), message.file))

    def flush(self, link: socket.socket) -> bool:
        """Send what can be sent; whether all of it is gone. Raises :class:`OSError` when the other side has closed."""
        while self.waiting:
            data, file = self.waiting[0]
            try:
                sent = link.send(data) if file is None else socket.send_fds(link, [data], [file])
            except BlockingIOError:
                return False
            if file is not None:
                os.close(file)
            if sent < len(data):
                self.waiting[0] = (data[sent:], None)
            else:
                self.waiting.popleft()
        return True

    def close(self) -> None:
        for _, file in self.waiting:
            if file is not None:
                os.close(file)
        self.waiting.clear()
