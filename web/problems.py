"""Errors for programs: ``application/problem+json`` (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response


class ProblemError(Exception):
    """Raised where a request cannot be answered; becomes a problem document. ``facts`` are added to its members."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.facts = facts


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
    """The problem document as a response."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **facts}
    data = json.dumps(body, ensure_ascii=False, indent=1).encode()
    return Response(data, int(status), headers, content_type="application/problem+json")
