"""Which thing of a network is meant by a text."""

from kg.errors import QueryError
from kg.networks.network import Network, Node

_SHOWN = 5


class NotOneError(QueryError):
    """A text that means no thing of a network, or several: ``candidates``."""

    def __init__(self, reason: str, text: str, candidates: tuple[Node, ...] = ()) -> None:
        super().__init__(reason)
        self.text, self.candidates = text, candidates


def find_thing(network: Network, text: str, kind: str = "") -> str:
    """The address of the thing with this address or name, else of the only one with the text in its name; of a kind where one is
    named. Raises :class:`NotOneError` for none or several, naming some."""
    if text in network.nodes:
        return text
    held = [node for node in network.nodes.values() if kind in ("", node.kind)]
    for found in ([node for node in held if text and text in (node.zh, node.en)], [node for node in held if text and text in node.zh]):
        if len(found) == 1:
            return found[0].iri
        if found:
            named = "; ".join(f"{node.zh} <{node.iri}>" for node in found[:_SHOWN])
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise NotOneError(f"{text!r} may be {named}{more}; give the address", text, tuple(found))
    raise NotOneError(f"nothing in the network is called {text!r}", text)
