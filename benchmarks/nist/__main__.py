"""python -m benchmarks.nist: certified digits of parameters and standard deviations, and what they cost."""

import argparse


def main():
    from .table import linear_table, nonlinear_table

    parser = argparse.ArgumentParser(prog="python -m benchmarks.nist", description=__doc__)
    parser.add_argument("--only", choices=("linear", "nonlinear"), help="one of the two tables")
    chosen = parser.parse_args()
    if chosen.only != "linear":
        print(nonlinear_table())
    if chosen.only != "nonlinear":
        print(linear_table())


if __name__ == "__main__":
    main()
