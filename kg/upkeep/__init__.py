"""What keeps a store well: documents taken out again, everything held against everything, folders watched."""
