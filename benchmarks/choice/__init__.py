"""How often mode="auto" takes the fastest mode, or one nearly as fast, measured on many functions."""
