"""The command line: `dualrev demo`, `dualrev --version`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import __version__


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with code 2 and one line, in place of argparse's page of usage."""
        self.exit(2, f"dualrev: {message} (`{self.prog} --help` says what there is)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; by default those of the process.

    Returns
    -------
    int
        The exit code: 0. On bad input the process exits with 2, and one line on standard error.
    """
    parser = Parser(prog="dualrev", description="Differentiate plain NumPy in forward and reverse mode.")
    parser.add_argument("--version", action="version", version=f"dualrev {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    demo = commands.add_parser("demo", help="fit certified data with exact gradients; see both modes side by side")
    figure = Path("dualrev-demo.png")
    demo.add_argument("--save", metavar="PATH", type=Path, default=figure, help="where the figure goes (%(default)s)")
    demo.set_defaults(run=run_demo)
    arguments = parser.parse_args(argv)
    try:
        arguments.run(arguments)
    except OSError as error:
        parser.exit(2, f"dualrev: {error}\n")
    return 0


def run_demo(arguments: argparse.Namespace) -> None:
    """Print the report and save the figure; a path that cannot be written is refused before anything is measured."""
    from . import demo

    check_writable(arguments.save)
    shown = demo.run()
    print(shown)
    demo.draw(shown).savefig(arguments.save)
    print(f"\nFigure saved: {arguments.save}")


def check_writable(path: Path) -> None:
    from matplotlib.backend_bases import FigureCanvasBase

    formats = FigureCanvasBase.get_supported_filetypes()
    if path.suffix[1:].lower() not in formats:
        raise OSError(f"cannot save a figure as {path}: name a file that ends in .png, .svg or .pdf")
    if path.is_dir() or not path.parent.is_dir():
        raise OSError(f"cannot write {path}: {'it is a directory' if path.is_dir() else f'no directory {path.parent}'}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise OSError(f"cannot write {path}: permission denied")


if __name__ == "__main__":
    sys.exit(main())
