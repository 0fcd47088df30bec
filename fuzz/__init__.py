"""Coverage-guided fuzzing of everything that reads what strangers wrote; see `fuzz/README.md`."""
