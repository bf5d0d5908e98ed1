"""How things are connected: paths, peers, the policies that move most money, and what was inferred."""
