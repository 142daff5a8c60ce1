"""The steps as a quiz: each asks for the numbers that it would show, and waits for them."""

from collections.abc import Callable
from typing import NamedTuple

from .states import Sequence, Step

PREFIX = {"value": "", "tangent": "tan ", "adjoint": "adj "}
NEAR = 1e-3  # relative, for the texts have four decimals
TRIES = 2  # wrong answers before a step is shown


class Question(NamedTuple):
    """One number to find: "adj x1", and the text that the step shows."""

    asked: str
    answer: str

    def is_right(self, text: str) -> bool:
        """Is it that number, as far as the table shows it?"""
        try:
            return abs(float(text) - float(self.answer)) <= max(NEAR * abs(float(self.answer)), 5.1e-5)
        except ValueError:
            return False


def questions(sequence: Sequence, step: Step) -> list[Question]:
    """What a step asks: the tangents and adjoints that it finds, in forward steps without tangents the value."""
    if step.phase == "start" or not step.edges:
        return []
    last = sequence.columns[-1] if step.phase == "reverse" else sequence.columns[:2][-1]
    asked = "value" if step.phase == "forward" and "tangent" not in sequence.columns else last
    known = {c.index: c.text for c in step.changes if c.column == asked}  # of two uses, both are counted
    found = [Question(PREFIX[asked] + step.names[k], text) for k, text in known.items()]
    return [question for question in found if question.is_right(question.answer)]


def prompt(sequence: Sequence, step: Step) -> str:
    """The operation of a step, without any number."""
    line = next(line for line in sequence.lines if line.index == step.index)
    back = ", on the way back" if step.phase == "reverse" else ""
    return f"{line.name} = {line.expression}{back}"


def questions_text(sequence: Sequence) -> str:
    """All questions, with blanks."""
    said = [sequence.heading, ""]
    for step in sequence:
        asked = questions(sequence, step)
        blanks = "; ".join(f"{question.asked} = ____" for question in asked)
        said.append(f"{step.number:>4}  {prompt(sequence, step)}: {blanks}" if asked else f"{step.number:>4}  {step}")
    return "\n".join(said)


def ask(sequence: Sequence, read: Callable[[str], str] = input, write: Callable[[str], None] = print) -> None:
    """Go through the steps, and ask for each number; an empty line shows it, q ends."""
    write(sequence.heading)
    write("Type a number; an empty line shows the step, q ends.")
    right = total = 0
    for step in sequence:
        asked = questions(sequence, step)
        for question in asked:
            total += 1
            try:
                found = answered(
                    f"step {step.number}, {prompt(sequence, step)}: {question.asked} = ", question, read, write
                )
            except EOFError:
                write("there is nobody to answer here: save the quiz as a page, steps.save('quiz.html')")
                return
            if found is None:
                return
            right += found
        write(str(step))
    write(f"{right} of {total} at the first try")


def answered(said: str, question: Question, read: Callable[[str], str], write: Callable[[str], None]) -> bool | None:
    """Was it right at the first try? None: the reader wants to end."""
    for attempt in range(TRIES):
        text = read(said).strip()
        if text == "q":
            return None
        if question.is_right(text):
            write("right")
            return attempt == 0
        if not text:
            break
        write("not yet")
    return False
