"""A sample day made by the project itself, to show the whole pipeline without a display or a headset."""
