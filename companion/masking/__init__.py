"""Secrets in text seen on screen: where they are, and the text and pictures without them."""
