"""The folder of lessons, copied for a class: from the installed package, or from a checkout."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError

PACKAGE = Path(__file__).parents[2]
HOMES = (PACKAGE / "notebooks", PACKAGE.parent / "notebooks")  # in a wheel, in a checkout
STUDENTS, LECTURERS = ("README.md", "*.ipynb", "*.py"), ("solutions/*.json",)


@dataclass(frozen=True)
class Copied:
    """Which files were copied to `folder`, and which were there already and left as they are."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{counted(self.written)} copied to {self.folder}"]
        if self.kept:
            lines.append(f"{counted(self.kept)} there already and left as it was: {', '.join(self.kept)}")
        return "\n".join([*lines, f"begin with {self.folder / '00_quickstart.ipynb'}"])


def counted(files: tuple[str, ...]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"


def copy_lessons(to: str | Path, solutions: bool = False) -> Copied:
    """Copy the lessons, without overwriting: who has worked in a notebook does not lose it.

    Parameters
    ----------
    to : path
        The folder; it is made if it is not there.
    solutions : bool
        Whether the lecturer's answers come along.

    Raises
    ------
    InputError
        If `to` is a file, or this installation came without the lessons.
    """
    home = next((folder for folder in HOMES if folder.is_dir()), None)
    if home is None:
        raise InputError(
            "this installation has no notebooks: they are in the wheel, and in notebooks/ of the repository"
        )
    folder = Path(to)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"cannot copy to {folder}: it is a file; name a folder")
    patterns = STUDENTS + (LECTURERS if solutions else ())
    found = sorted(path.relative_to(home) for pattern in patterns for path in home.glob(pattern))
    kept = tuple(str(path) for path in found if (folder / path).exists())
    written = tuple(str(path) for path in found if not (folder / path).exists())
    for path in written:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home / path, folder / path)
    return Copied(folder, written, kept)
