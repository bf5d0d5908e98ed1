"""For agents: a Model Context Protocol server over a store, read-only, where every number comes with its citation."""
