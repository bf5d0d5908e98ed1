"""From a document and a form to records. Knows budgets, and nothing of file formats."""
