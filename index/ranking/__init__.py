"""Recall: which moments answer, in which order."""
