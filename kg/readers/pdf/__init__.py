"""PDF: ruled tables and running text with their places on the page."""
