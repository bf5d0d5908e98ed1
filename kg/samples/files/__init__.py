"""Disclosures as the files that publishers put out: PDF, DOCX, XLSX, HTML, and a PDF of scanned pages."""
