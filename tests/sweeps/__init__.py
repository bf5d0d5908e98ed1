"""How each rule about amounts is swept from both sides of its tolerance: small graphs from a few numbers, by tolerance class."""
