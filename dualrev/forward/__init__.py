"""Forward mode: tangents travel with the values. Knows nothing of reverse mode, and no op by name."""
