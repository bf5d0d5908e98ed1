"""What programs talk to: SPARQL, graphs, descriptions of the service and of the data, dumps."""
