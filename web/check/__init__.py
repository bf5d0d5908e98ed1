"""Checking a draft: a file is uploaded, held privately for a day, read and held against the rules by a process of its own.

Nothing of it enters the store. Whoever has the address of a draft can see it; nobody can guess it.
"""
