"""From a published budget to a graph in which every printed number leads back to its cell."""
