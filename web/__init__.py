"""The face of the graph: pages for people, a SPARQL endpoint and linked data for programs."""
