"""The documentation names everything that is public, and nothing that is not there."""

import re
from pathlib import Path

import pytest

import dualrev as dr

DOCS = Path(__file__).parents[1] / "docs"
REFERENCE = set(re.findall(r"^   ([\w.]+)$", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE))


def test_the_reference_has_every_public_name():
    public = set(dr.__all__) | {f"teach.{name}" for name in dr.teach.__all__ if name not in dr.__all__}
    assert public == REFERENCE


def test_the_glossary_is_in_order_and_explains_what_it_refers_to():
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^(\w[\w -]*)\n  ", text, re.MULTILINE)
    assert terms == sorted(terms, key=str.lower)
    assert set(re.findall(r"\{term\}`([^`]+)`", text)) <= set(terms)


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_within_the_docs_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
    for target in re.findall(r"\{doc\}`(?:[^`<]*<)?([\w/]+)>?`", text):
        assert (DOCS / f"{target}.md").exists(), target
