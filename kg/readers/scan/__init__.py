"""Scans: pages without text, read from their pictures (the extra ``budget-kg[scan]``)."""
