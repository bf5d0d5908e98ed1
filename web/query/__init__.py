"""The query page: questions with their parameters, queries of one's own, results as table, chart or map of links, kept answers."""
