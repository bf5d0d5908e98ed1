"""What things are called that the graph gives no name of their own."""
