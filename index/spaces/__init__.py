"""Vectors by space, in memory and in segments on disk, and their search."""
