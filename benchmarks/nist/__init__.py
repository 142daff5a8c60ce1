"""NIST's reference sets for regression through dr.fit and dr.linear_regression, against SciPy's finite differences."""
