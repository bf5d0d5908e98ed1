"""Records as YAML: frozen dataclasses read by the types of their fields and written back, every error with its line and field.

Scalars are read as text and converted by the type of their field, so that ``100.10`` keeps its digits, ``2080501`` is a
code where a code is meant, and nothing is quoted that a person would not quote. A value annotated with ``AMOUNT`` is in
万元 in the file and in 元 in the record.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import yaml

from kg.errors import RefusedFile
from kg.samples.statements import AMOUNT

_WAN = 10_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FLOW_WIDTH = 110
_RESOLVER = yaml.resolver.Resolver()
_Write = Callable[[Any], yaml.Node]
_FastDumper = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


class _Dumper(_FastDumper):  # type: ignore[misc,valid-type]  # one of two classes
    """Remembers what a scalar resolves to: most are column keys, labels and amounts that come again and again."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        return _resolved(value, implicit) if kind is yaml.ScalarNode else str(_RESOLVER.resolve(kind, value, implicit))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=65536)
def _resolved(text: str, implicit: tuple[bool, bool]) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, implicit))  # type: ignore[no-untyped-call]


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
    return yaml.serialize(_writer(kind)(record), Dumper=_Dumper, allow_unicode=True, width=_FLOW_WIDTH)


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


@cache
def _writer(kind: Any) -> _Write:
    """How values of that type are written, found out once. Nodes are made anew: a node used twice would be an alias."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = _writer(next(choice for choice in arguments if choice is not type(None)))
        return lambda value: yaml.ScalarNode("tag:yaml.org,2002:null", "null") if value is None else inner(value)
    if origin is tuple:
        inner = _writer(arguments[0])
        return lambda value: _collection(yaml.SequenceNode, "seq", [inner(item) for item in value])
    if origin is Mapping:
        inner = _writer(arguments[1])
        return lambda value: _collection(yaml.MappingNode, "map", [(_text(key), inner(item)) for key, item in value.items()])
    if is_dataclass(kind):
        return _record_writer(kind)
    plain = arguments[0] if origin is Annotated else kind
    if plain is Decimal:
        unit = _WAN if AMOUNT in arguments else 1
        return lambda value: _text(_digits(value / unit))
    if plain is bool:
        return lambda value: _text(str(value).lower())
    return lambda value: _text(str(value))


def _record_writer(kind: Any) -> _Write:
    hints = _hints(kind)
    writers = [(field.name, field.default, _writer(hints[field.name])) for field in fields(kind)]

    def write(value: Any) -> yaml.Node:
        stated = ((name, getattr(value, name), default, writer) for name, default, writer in writers)
        pairs = [(_text(name), writer(item)) for name, item, default, writer in stated if default is MISSING or item != default]
        return _collection(yaml.MappingNode, "map", pairs)

    return write


def _digits(value: Decimal) -> str:
    """At least two decimals unless it is a whole number, and no zeros beyond."""
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, decimals = text.split(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals:0<2}" if decimals else whole


def _text(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_tag(text), text)


@lru_cache(maxsize=65536)
def _tag(text: str) -> str:
    """The tag with which a scalar is quoted only where YAML itself needs it: the reader takes every scalar as text."""
    tag = _resolved(text, (True, False))
    return "tag:yaml.org,2002:str" if tag.endswith((":null", ":merge", ":value")) else tag


def _collection(kind: Any, tag: str, content: list[Any]) -> yaml.Node:
    """Short collections of plain values on one line, longer ones as a block."""
    node: yaml.Node = kind(f"tag:yaml.org,2002:{tag}", content, flow_style=_width(content, _FLOW_WIDTH) < _FLOW_WIDTH)
    return node


def _width(content: list[Any], enough: int) -> int:
    """Columns a collection takes on one line, a Chinese character counting two; ``enough`` for those that need more."""
    total = 0
    for node in _parts(content):
        if isinstance(node, yaml.ScalarNode):
            total += len(node.value.encode("gb18030")) + 2
        elif not getattr(node, "flow_style", False):
            return enough
        else:
            total += _width(node.value, enough - total) + 4
        if total >= enough:
            return enough
    return total


def _parts(content: list[Any]) -> Iterator[yaml.Node]:
    """The nodes of a list, or keys and values of a mapping."""
    for item in content:
        yield from item if isinstance(item, tuple) else (item,)
