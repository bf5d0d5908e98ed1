"""Terms of SHACL and of RDF that the engine reads."""

import pyoxigraph as ox

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"

Term = ox.NamedNode | ox.BlankNode | ox.Literal
TYPE = ox.NamedNode(f"{RDF}type")
A_CLASS = f"<{RDF}type>/<{RDFS}subClassOf>*"
"""From an instance to its classes and what they are under, as a SPARQL path."""


def sh(name: str) -> ox.NamedNode:
    """The term ``sh:name``."""
    return ox.NamedNode(SH + name)
