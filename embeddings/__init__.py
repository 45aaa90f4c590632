"""Arrays in, vectors out: text, pixels and EEG windows become embeddings. No files, clocks, threads or Qt."""
