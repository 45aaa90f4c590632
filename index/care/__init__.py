"""Checking, mending, sweeping and taking along a whole vault."""
