"""The add-on for Thunderbird: its pages (``extension``), what they ask (`__main__`), and how both get there."""
