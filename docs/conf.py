"""How Sphinx builds the site: the guides of this folder, the lessons with their outputs, and the docstrings."""

import shutil
from pathlib import Path

import dualrev

HERE = Path(__file__).parent
LESSONS = HERE.parent / "notebooks"

project, author, release = "dualrev", "the dualrev authors", dualrev.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build", "lessons/README.md"]
html_theme = "pydata_sphinx_theme"
html_title = "dualrev"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "header_links_before_dropdown": 6}
html_sidebars = {page: [] for page in ("index", "glossary", "sources", "architecture")}

nb_execution_mode = "off"  # the lessons are kept with their outputs
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say it in words
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_custom_sections = [("Warns", "notes_style"), ("Source", "notes_style")]


def copied_lessons(app):
    """The lessons lie beside the docs; Sphinx reads what is below it."""
    there = HERE / "lessons"
    shutil.rmtree(there, ignore_errors=True)
    there.mkdir()
    for lesson in sorted(LESSONS.glob("*.ipynb")):
        shutil.copy(lesson, there)


def lessons_of_the_site(app, page, source):
    """Links to the lessons beside the docs lead to the copies below them."""
    source[0] = source[0].replace("](../notebooks/README.md", "](lessons.md").replace("](../notebooks/", "](lessons/")


def setup(app):
    app.connect("source-read", lessons_of_the_site)
    app.connect("builder-inited", copied_lessons)
