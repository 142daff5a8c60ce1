"""Public packages, as pip installs them, differentiated without an edit: python -m benchmarks.packages."""
