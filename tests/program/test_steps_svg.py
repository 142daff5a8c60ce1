"""The animated SVG: what is shown at each time, read from the animations by a clock of our own."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from dualrev.program.program import trace
from dualrev.program.steps import steps_of
from dualrev.program.steps_svg import PACE, REST

SVG = "{http://www.w3.org/2000/svg}"


def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def root_of(steps, path):
    steps.save(path)
    return ElementTree.parse(path).getroot()


def attribute(element, name, part):
    """An attribute at a part, from 0 to 1, of the whole time; None: as it stands, without animation."""
    for animation in element.findall(f"{SVG}animate"):
        if animation.get("attributeName") == name and part is not None:
            times = [float(t) for t in animation.get("keyTimes").split(";")]
            values = animation.get("values").split(";")
            assert times[0] == 0 and sorted(set(times)) == times and len(times) == len(values) and times[-1] < 1
            return [v for t, v in zip(times, values, strict=True) if t <= part][-1]
    return element.get(name)


def shown(element, part):
    """The text of an element at that time."""
    if attribute(element, "display", part) == "none":
        return ""
    own = (element.text or "") if element.tag != f"{SVG}g" else ""
    return own + "".join(shown(child, part) for child in element if child.tag in (f"{SVG}tspan", f"{SVG}text"))


def parts(root, name):
    return [
        next(e for e in node if e.get("data-part") == name) for node in root.iter(f"{SVG}g") if node.get("data-node")
    ]


@pytest.mark.parametrize("mode", ["both", "forward", "reverse"])
def test_what_is_shown_at_each_time(mode, tmp_path):
    steps = steps_of(trace(baydin, 2.0, 5.0), mode)
    root = root_of(steps, tmp_path / "steps.svg")
    captions = [e for e in root.iter(f"{SVG}g") if e.get("data-step")]
    total = len(steps) * PACE + REST
    for k, step in [*enumerate(steps), (None, steps[-1])]:
        part = None if k is None else (k + 0.5) * PACE / total
        state = step.state
        assert [shown(e, part) for e in parts(root, "value")] == list(state.value)
        if mode != "reverse":
            assert [shown(e, part) for e in parts(root, "tangent")] == [t and f"tan {t}" for t in state.tangent]
        assert [shown(e, part) for e in parts(root, "adjoint")] == [t and f"adj {t}" for t in state.adjoint]
        said = [shown(e, part) for e in captions]
        words = f"step {step.number} of {len(steps) - 1} {step.text}".split()
        assert "".join(said).replace(" ", "") == "".join(words)  # in several lines
        if k is not None:
            at_work = [n for n, e in enumerate(parts(root, "box")) if attribute(e, "stroke-width", part) == "3"]
            assert at_work == ([] if step.index is None else [step.index])


def test_it_loops_and_takes_nothing_from_elsewhere(tmp_path):
    root = root_of(steps_of(trace(baydin, 2.0, 5.0)), tmp_path / "steps.svg")
    animations = list(root.iter(f"{SVG}animate"))
    assert {a.get("repeatCount") for a in animations} == {"indefinite"}
    assert {a.get("dur") for a in animations} == {"27s"}
    text = (tmp_path / "steps.svg").read_text(encoding="utf-8")
    assert text.count("://") == text.count('xmlns="http://www.w3.org/2000/svg"')
    assert not [e for e in root.iter() if e.tag in (f"{SVG}script", f"{SVG}style", f"{SVG}image")]
    assert not [name for e in root.iter() for name in e.attrib if name.endswith("href") or name.startswith("on")]


def test_a_node_has_room_for_each_of_its_texts(tmp_path):
    """The adjoint 0.3333 + 0.6667 = 1 is widest before it is complete."""

    def third(x):
        return x / 3.0 + x * (2.0 / 3.0)

    root = root_of(steps_of(trace(third, 1.0)), tmp_path / "steps.svg")
    boxes = [float(e.get("width")) for e in parts(root, "box")]
    assert boxes[0] > 0.6 * 12 * len("adj 0.6667")
