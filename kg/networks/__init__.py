"""Connections: who is linked with whom and by what, seen as a network of typed things.

A projection of a store (:mod:`kg.networks.projection`) has the things as nodes and the statements between them as links; each link
names the statement it rests on. On it: explained paths, rankings of cited policies, communities, similar departments, outliers.
"""

from kg.networks.kept import NetworkOf, network_of
from kg.networks.network import Kind, Link, Network, Node, Published, Relation

__all__ = ["Kind", "Link", "Network", "NetworkOf", "Node", "Published", "Relation", "network_of"]
