"""python -m benchmarks.problems: both tables."""

from . import hock_schittkowski, more_garbow_hillstrom

if __name__ == "__main__":
    print("Hock & Schittkowski, constrained\n")
    print(hock_schittkowski.table())
    print("\nMoré, Garbow & Hillstrom, least squares\n")
    print(more_garbow_hillstrom.table())
