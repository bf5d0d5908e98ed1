"""Who asks, and who may write."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from flask import request

from web.problems import ProblemError

_ONE_SUBSCRIBER = 64
"""Bits of an IPv6 address that a subscriber does not choose."""
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Access:
    """``token_digest`` is the SHA-256 of the owner's token, ``None`` on a public installation, which is read-only.

    ``trusted_proxies`` are the networks whose ``X-Forwarded-For`` is believed; nobody's is by default.
    """

    token_digest: bytes | None = None
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def writable(self) -> bool:
        return self.token_digest is not None


PUBLIC = Access()


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address that stands for a client: the peer's, or, behind a trusted proxy, the last one that no trusted proxy has.

    An IPv6 subscriber has a network of addresses and counts as one.
    """
    address = peer
    for entry in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_trusted(address, trusted) or _parse(entry) is None:
            break
        address = entry
    found = _parse(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), _ONE_SUBSCRIBER), strict=False)) if found.ipv4_mapped is None else str(found.ipv4_mapped)
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    found = _parse(address)
    return found is not None and any(found in network for network in trusted)


def _parse(address: str) -> Any:
    try:
        return ip_address(address)
    except ValueError:
        return None


def require_owner(access: Access, public_status: HTTPStatus, refusal: str, **headers: str) -> None:
    """Raise :class:`ProblemError` unless the request carries the owner's token; ``public_status`` where nobody may write."""
    if access.token_digest is None:
        raise ProblemError(public_status, refusal, headers)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(digest_of(token.strip()), access.token_digest):
        challenge = {"WWW-Authenticate": 'Bearer realm="budget-kg"'}
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "writing needs the owner's token: Authorization: Bearer …", challenge)
