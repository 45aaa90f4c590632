"""Raw EEG on disk, sealed BDF+."""
