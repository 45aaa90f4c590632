"""Text of pictures: found, recognised, put in order; what was read before is not read again."""
