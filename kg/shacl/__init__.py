"""Engines that hold a graph against shapes. They know SHACL and SPARQL, nothing of budgets."""
