"""The review itself: what could not be read, and the comments that tell it to look away."""
