"""Two to six disclosures beside each other."""
