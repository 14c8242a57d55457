"""A whole installation in one file, made while people work, and an empty place filled from it.

The database first, from one moment; then the objects: they never change, and whatever that moment names stays for a
day after nobody needs it. `manifest.jsonl`, the archive's last entry, has every size and hash and all numbers of rows.
"""
