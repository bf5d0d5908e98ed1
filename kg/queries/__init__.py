"""The queries that the program itself asks, by name. (What users ask has a room of its own: ``kg/questions``.)"""

from functools import cache
from importlib.resources import files


@cache
def named(name: str) -> str:
    """The text of ``name.rq``; values are bound when it is asked, never pasted."""
    return (files("kg.queries") / f"{name}.rq").read_text("utf-8")
