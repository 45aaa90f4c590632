"""What full text is made of, and candidates for words asked."""
