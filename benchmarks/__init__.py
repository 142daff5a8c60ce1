"""What a derivative through dualrev costs, as a ratio to the derivative that one would write by hand in NumPy."""
