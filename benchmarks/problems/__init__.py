"""Classical test problems: exact derivatives against SciPy's finite differences, counted in runs of the function."""
