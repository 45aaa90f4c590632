"""Focus on the screen: its window, its part of the menu, the guided calibration."""
