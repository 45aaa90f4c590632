"""Feedback from a stream of EEG, sample by sample: judged, measured, with its delay known."""
