"""Zips and tars that somebody else made, unpacked without trust: every limit is here."""
