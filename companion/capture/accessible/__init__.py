"""The text of the window in front, as its program tells assistive technologies (AT-SPI over D-Bus)."""
