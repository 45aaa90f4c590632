"""What was held while its person was focused: the window that lists it afterwards."""
