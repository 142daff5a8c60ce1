"""Reverse mode: cotangents travel back along the tape. Knows nothing of forward mode, and no op by name."""
