"""From bytes to a document. Knows file formats, and nothing of budgets."""
