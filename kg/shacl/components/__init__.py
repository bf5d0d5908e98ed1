"""Core constraint components (SHACL, 4): one module a section, each a query for the values that break a constraint."""

from collections.abc import Mapping

from kg.shacl.components import cardinality, other, property_pair, string_based, value_range, value_type
from kg.shacl.components.query import Compiler

COMPILERS: Mapping[str, Compiler] = {
    **value_type.COMPILERS,
    **cardinality.COMPILERS,
    **value_range.COMPILERS,
    **string_based.COMPILERS,
    **property_pair.COMPILERS,
    **other.COMPILERS,
}
"""Local name of the parameter that makes a constraint → how its query is made."""
