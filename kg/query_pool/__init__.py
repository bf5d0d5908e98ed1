"""Queries from outside run in worker processes that can be killed: limits, fairness between clients, one broker for all."""
