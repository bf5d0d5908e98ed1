"""The sockets of the broker: what arrives on them, and what is sent as fast as the other side takes it."""

import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.query_pool.wire import Inbox, Message, Outbox


@dataclass(eq=False)
class Peer:
    """The other side of a socket, with what is under way on it."""

    link: socket.socket
    inbox: Inbox = field(default_factory=Inbox)
    outbox: Outbox = field(default_factory=Outbox)

    @property
    def is_closed(self) -> bool:
        """Whether :meth:`Links.close` has been called: an event may still be on its way to a peer that went a moment ago."""
        return self.link.fileno() < 0


class Links:
    """All peers, waited for at once. Sockets must not block."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def listen(self, link: socket.socket, ready: Callable[[], None]) -> None:
        """Call ``ready`` whenever there is something on a socket that is no peer's."""
        self._selector.register(link, selectors.EVENT_READ, lambda events: ready())

    def watch(self, peer: Peer, arrived: Callable[[bool], None]) -> None:
        """Call ``arrived`` when its inbox may hold something new; it is told whether the other side is still there."""

        def handle(events: int) -> None:
            if peer.is_closed:
                return
            if events & selectors.EVENT_WRITE:
                self._flush(peer)
            if events & selectors.EVENT_READ:
                arrived(peer.inbox.receive(peer.link))

        self._selector.register(peer.link, selectors.EVENT_READ, handle)

    def wait(self, seconds: float) -> None:
        """Handle what has come, or comes within so long."""
        for key, events in self._selector.select(seconds):
            key.data(events)

    def send(self, peer: Peer, message: Message) -> None:
        peer.outbox.put(message)
        self._flush(peer)

    def close(self, peer: Peer) -> None:
        self._selector.unregister(peer.link)
        peer.link.close()
        peer.inbox.close()
        peer.outbox.close()

    def _flush(self, peer: Peer) -> None:
        if peer.is_closed:  # it has gone while its answer was made
            peer.outbox.close()
            return
        try:
            done = peer.outbox.flush(peer.link)
        except OSError:  # it has closed; reading will say so
            peer.outbox.close()
            done = True
        events = selectors.EVENT_READ if done else selectors.EVENT_READ | selectors.EVENT_WRITE
        key = self._selector.get_map().get(peer.link.fileno())
        if key is not None and key.events != events:
            self._selector.modify(peer.link, events, key.data)
