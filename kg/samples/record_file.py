"""Records as YAML: frozen dataclasses read by the types of their fields and written back, every error with its line and field.

Scalars are read as text and converted by the type of their field, so that ``100.10`` keeps its digits, ``2080501`` is a
code where a code is meant, and nothing is quoted that a person would not quote. A value annotated with ``AMOUNT`` is in
万元 in the file and in 元 in the record.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import yaml

from kg.errors import RefusedFile
from kg.samples.statements import AMOUNT

_WAN = 10_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FLOW_WIDTH = 110
_RESOLVER = yaml.resolver.Resolver()


def read_record(kind: Any, text: str, file: str, whole: str) -> tuple[object, "Reading"]:
    """A record of that kind, and the reading that knows on which line each field stands. ``whole`` names the record in errors.

    Raises :class:`RefusedFile` with the line and the field for text that is no YAML, unknown or missing fields and
    values of the wrong kind.
    """
    reading = Reading(file, whole)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RefusedFile(f"not YAML: {error.problem}", file, f"line {line}") from error
    if root is None:
        raise RefusedFile("the file is empty", file)
    return reading.value(kind, root, ""), reading


def write_record(kind: Any, record: object) -> str:
    """The YAML of a record without the fields at their default; :func:`read_record` reads it back unchanged."""
    return yaml.serialize(node_of(kind, record), Dumper=yaml.CSafeDumper, allow_unicode=True, width=_FLOW_WIDTH)


class Reading:
    """One pass over the nodes of a file; remembers on which line each field stands."""

    def __init__(self, file: str, whole: str) -> None:
        self.file = file
        self.whole = whole
        self.lines: dict[str, int] = {}

    def refusal(self, place: str, reason: str) -> RefusedFile:
        line = self.lines.get(place, 1)
        return RefusedFile(reason, self.file, f"line {line}, {place or self.whole}")

    def value(self, kind: Any, node: yaml.Node, place: str) -> object:
        self.lines[place] = node.start_mark.line + 1
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            inner = next(choice for choice in get_args(kind) if choice is not type(None))
            return None if node.tag.endswith(":null") else self.value(inner, node, place)
        if origin is tuple:
            items = self._of(yaml.SequenceNode, node, place, "a list").value
            return tuple(self.value(get_args(kind)[0], item, f"{place}[{index}]") for index, item in enumerate(items))
        if origin is Mapping:
            inner = get_args(kind)[1]
            return {key: self.value(inner, item, f"{place}.{key}") for key, item in self._pairs(node, place).items()}
        if is_dataclass(kind):
            return self._record(kind, node, place)
        return self._scalar(kind, node, place)

    def _of(self, wanted: type[yaml.Node], node: yaml.Node, place: str, name: str) -> yaml.Node:
        if not isinstance(node, wanted):
            raise self.refusal(place, f"expected {name}")
        return node

    def _pairs(self, node: yaml.Node, place: str) -> dict[str, yaml.Node]:
        pairs: dict[str, yaml.Node] = {}
        for key, item in self._of(yaml.MappingNode, node, place, "fields").value:
            name = str(self._of(yaml.ScalarNode, key, place, "a plain field name").value)
            if name in pairs:
                raise self.refusal(place, f"{name!r} is given twice")
            pairs[name] = item
        return pairs

    def _record(self, kind: Any, node: yaml.Node, place: str) -> object:
        pairs = self._pairs(node, place)
        hints = _hints(kind)
        for name, item in pairs.items():
            if name not in hints:
                self.lines[place] = item.start_mark.line + 1
                raise self.refusal(place, f"unknown field {name!r}; known are {', '.join(hints)}")
        for field in fields(kind):
            if field.name not in pairs and field.default is MISSING:
                raise self.refusal(place, f"the field {field.name!r} is missing")
        prefix = f"{place}." if place else ""
        return kind(**{name: self.value(hints[name], item, prefix + name) for name, item in pairs.items()})

    def _scalar(self, kind: Any, node: yaml.Node, place: str) -> object:
        text = str(self._of(yaml.ScalarNode, node, place, "one value").value)
        amount = get_origin(kind) is Annotated and AMOUNT in get_args(kind)
        plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
        try:
            if plain is str:
                return text
            if plain is bool:
                return {"true": True, "false": False}[text]
            if plain is Decimal:
                if not _NUMBER.fullmatch(text):
                    raise InvalidOperation
                return Decimal(text) * _WAN if amount else Decimal(text)
            if plain is datetime.date:
                return datetime.date.fromisoformat(text)
            return plain(text)
        except (ValueError, KeyError, InvalidOperation):
            raise self.refusal(place, f"{text!r} is not {_expected(plain, amount)}") from None


def _expected(kind: Any, amount: bool) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "one of " + ", ".join(kind)
    names = {bool: "true or false", Decimal: "a number", int: "a whole number", datetime.date: "a date (YYYY-MM-DD)"}
    return "an amount in 万元, without separators" if amount else names[kind]


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def node_of(kind: Any, value: object) -> yaml.Node:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None:
            return yaml.ScalarNode("tag:yaml.org,2002:null", "null")
        return node_of(next(choice for choice in get_args(kind) if choice is not type(None)), value)
    if isinstance(value, tuple):
        return _collection(yaml.SequenceNode, "seq", [node_of(get_args(kind)[0], item) for item in value])
    if isinstance(value, Mapping):
        pairs = [(_text(key), node_of(get_args(kind)[1], item)) for key, item in value.items()]
        return _collection(yaml.MappingNode, "map", pairs)
    if is_dataclass(value):
        hints = _hints(kind)
        pairs = [
            (_text(field.name), node_of(hints[field.name], getattr(value, field.name)))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        ]
        return _collection(yaml.MappingNode, "map", pairs)
    if isinstance(value, Decimal):
        amount = origin is Annotated and AMOUNT in get_args(kind)
        return _text(_digits(value / _WAN if amount else value))
    return _text(str(value).lower() if isinstance(value, bool) else str(value))


def _digits(value: Decimal) -> str:
    """At least two decimals unless it is a whole number, and no zeros beyond."""
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, decimals = text.split(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals:0<2}" if decimals else whole


def _text(text: str) -> yaml.ScalarNode:
    """A scalar that is quoted only where YAML itself needs it: the reader takes every scalar as text."""
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))  # type: ignore[no-untyped-call]
    return yaml.ScalarNode("tag:yaml.org,2002:str" if tag.endswith((":null", ":merge", ":value")) else tag, text)


def _collection(kind: Any, tag: str, content: list[Any]) -> yaml.Node:
    """Short collections of plain values on one line, longer ones as a block."""
    nodes = _parts(content)
    scalars = all(isinstance(node, yaml.ScalarNode) or bool(getattr(node, "flow_style", False)) for node in nodes)
    short = scalars and _width(nodes) < _FLOW_WIDTH
    node: yaml.Node = kind(f"tag:yaml.org,2002:{tag}", content, flow_style=short)
    return node


def _width(nodes: list[yaml.Node]) -> int:
    """Columns a collection takes on one line, a Chinese character counting two."""
    total = 0
    for node in nodes:
        if isinstance(node, yaml.ScalarNode):
            total += sum(2 if ord(character) > 0x2E80 else 1 for character in node.value) + 2
        else:
            total += _width(_parts(node.value)) + 4
    return total


def _parts(content: list[Any]) -> list[yaml.Node]:
    """The nodes of a list, or keys and values of a mapping."""
    return [node for item in content for node in (item if isinstance(item, tuple) else (item,))]
