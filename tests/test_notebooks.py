"""The anatomy of a lesson, its exercises and its widgets.

Each rule is a function that returns what breaks it, a sentence each. It is held against every
notebook, and against a small bad one, so that it is known to be able to fail.
"""

import ast
import functools
import html
import io
import itertools
import pathlib
import re
import warnings

import nbformat
import needs
import numpy as np
import panels
import pseudo
import pytest
import record
import solutions
from caches import forget
from ipywidgets import Widget
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from test_plots import contrast

from dlcourse import live, plots, widgets
from dlcourse.drawing import instrument
from dlcourse.exercises.initialization import DISEASES

LESSONS = sorted((pathlib.Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
TAGS = {"setup", "idea", "experiment", "predict", "build", "agree", "figure", "claim", "widget"}
TAGS |= {"exercise", "check", "raises-exception", "nbval-ignore-output"}
# modules that need no earning, and one function
FREE = ("data", "plots", "widgets", "live", "exercises", "lessons", "drawing")
PANELS = ("widgets.explore", "live.watch")  # what makes a widget of a lesson
EARNED_BY_ONE_LINE = {"training.accuracy"}
# an optimizer has a step, too
OF_OTHERS = {*dir(np.ndarray), *dir(dict), *dir(list), *dir(str), "step"}
LEAST = {"text cells": 20, "code cells": 18, "figures": 6, "claims": 6, "exercises": 3}
LEAST_IN_WARM_UP = {"text cells": 12, "code cells": 10, "figures": 2, "claims": 4, "exercises": 5}
MATPLOTLIB = {name for name in dir(Axes) + dir(Figure) if not name.startswith("_")} - OF_OTHERS


def tags(cell):
    return set(cell.metadata.get("tags", []))


def text_cells(lesson):
    return [cell for cell in lesson.cells if cell.cell_type == "markdown"]


def code_cells(lesson, *wanted):
    """The code cells, or those with one of the wanted tags."""
    return [
        cell
        for cell in lesson.cells
        if cell.cell_type == "code" and (not wanted or tags(cell) & set(wanted))
    ]


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def nodes(cell, kind):
    return [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kind)]


def prose(cell):
    """The text that is read at once.

    What is folded, displayed equations, blocks of code and tables are left out.
    """
    text = re.sub(r"<details>.*?</details>|\$\$.*?\$\$|```.*?```", "", cell.source, flags=re.DOTALL)
    return re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)


def many(lesson, what, number):
    """Fewer than a lesson has at least, or than the warm-up has, which is numbered 00."""
    least = (LEAST_IN_WARM_UP if lesson.cells[0].source.startswith("# 00") else LEAST)[what]
    return [] if number >= least else [f"{number} {what}, not {least} or more"]


def title(lesson):
    """# NN Title, then the time, what it needs and what it builds."""
    head = lesson.cells[0].source
    missing = [part for part in ("minutes", "Needs:", "Builds:") if part not in head]
    return [f"no {part} under the title" for part in missing] + (
        [] if re.match(r"# \d\d \w", head) else ["no title: # NN Title"]
    )


def known_tags(lesson):
    return [
        f"cell {cell.id} has the tag {tag}"
        for cell in lesson.cells
        for tag in sorted(tags(cell) - TAGS)
    ]


def one_setup(lesson):
    """One setup cell, the first code cell, at most 8 statements; warnings are not silenced."""
    cells, found = code_cells(lesson, "setup"), []
    if cells != code_cells(lesson)[:1]:
        found.append("the first code cell, and no other, is tagged setup")
    found += [
        f"{len(ast.parse(cell.source).body)} statements in the setup cell, more than 8"
        for cell in cells
        if len(ast.parse(cell.source).body) > 8
    ]
    return found + [
        f"cell {cell.id} filters warnings"
        for cell in code_cells(lesson)
        if "warnings" in cell.source
    ]


def rhythm(lesson):
    """Enough cells of text and code; text before every run of code cells, runs of at most 3."""
    found = many(lesson, "text cells", len(text_cells(lesson))) + many(
        lesson, "code cells", len(code_cells(lesson))
    )
    kinds = [
        (kind, len(list(run)))
        for kind, run in itertools.groupby(cell.cell_type for cell in lesson.cells)
    ]
    found += [
        f"{length} code cells in a row" for kind, length in kinds if kind == "code" and length > 3
    ]
    return found + (["the lesson begins with code"] if kinds[0][0] == "code" else [])


def length_of_texts(lesson):
    """Text cells have at most 150 words (what is folded, equations and tables not counted)."""
    words = {cell.id: len(prose(cell).split()) for cell in text_cells(lesson)}
    return [f"cell {name} has {n} words, more than 150" for name, n in words.items() if n > 150]


def equations(lesson):
    return [
        f"cell {cell.id} displays several equations"
        for cell in text_cells(lesson)
        if cell.source.count("$$") > 2
    ]


def length_of_code(lesson):
    """Code cells have at most 30 lines; blank lines not counted."""
    sizes = {cell.id: len(lines(cell)) for cell in code_cells(lesson)}
    return [f"cell {name} has {n} lines, more than 30" for name, n in sizes.items() if n > 30]


def figures(lesson):
    """Enough figures: cells tagged figure.

    They and the widgets hold a picture, and no other cell does. A widget shows the picture of the
    figure before it, so it is not counted again.
    """
    found = many(lesson, "figures", len(code_cells(lesson, "figure")))
    for cell in code_cells(lesson):
        if bool(record.pictures(cell)) != bool(tags(cell) & {"figure", "widget"}):
            found.append(
                f"cell {cell.id} either holds a picture or is tagged figure or widget, not both"
            )
    return found


def claims(lesson):
    """Enough cells tagged claim or agree; each asserts or claims something."""
    cells = code_cells(lesson, "claim", "agree")
    found = [
        f"cell {cell.id} claims and asserts nothing"
        for cell in cells
        if not nodes(cell, ast.Assert) and "claim" not in called(cell)
    ]
    return found + many(lesson, "claims", len(cells))


def called(cell):
    """The names of the functions that a cell calls."""
    return {ast.unparse(call.func) for call in nodes(cell, ast.Call)}


def widgets_follow_figures(lesson):
    """A widget puts controls on the function that the last figure before it drew.

    Where a lesson has cells of ideas the picture stands only once: such a figure draws two settings
    or more, or something else.
    """
    found, last, once = [], None, bool(code_cells(lesson, "idea"))
    for cell in code_cells(lesson, "figure", "widget"):
        if "widget" not in tags(cell):
            last = cell
            continue
        drawn = [
            ast.unparse(call.args[0])
            for call in nodes(cell, ast.Call)
            if ast.unparse(call.func) in PANELS
        ]
        if not drawn:
            found.append(f"cell {cell.id} is tagged widget and calls none of {', '.join(PANELS)}")
        found += [
            f"cell {cell.id} explores {f}, the figure before it does not"
            for f in drawn
            if not once and (not last or f not in called(last))
        ]
        found += [
            f"cell {cell.id} explores {f}, which the figure before it draws in one setting"
            for f in drawn
            if once
            and last
            and [ast.unparse(call.func) for call in nodes(last, ast.Call)].count(f) == 1
        ]
    return found


def little_matplotlib(lesson):
    """At most 4 lines of a cell call a method of matplotlib's axes or figure.

    Other drawing is in dlcourse.plots.
    """
    found = []
    for cell in code_cells(lesson):
        methods = [
            node.func for node in nodes(cell, ast.Call) if isinstance(node.func, ast.Attribute)
        ]
        raw = {
            f.end_lineno
            for f in methods
            if f.attr in MATPLOTLIB and ast.unparse(f.value) not in ("plots", "np", "data")
        }
        if len(raw) > 4:
            found.append(f"cell {cell.id} has {len(raw)} lines of matplotlib, more than 4")
    return found


def exercises(lesson):
    """Enough exercises, each with check, hint and solution; a stub does nothing yet."""
    try:
        found = solutions.exercises(lesson)
    except ValueError as error:
        return [str(error)]
    return many(lesson, "exercises", len(found))


def endings(lesson):
    """No cell ends in a semicolon or uses a magic.

    A semicolon silences nothing where a notebook is run as a test; a magic belongs to one tool.
    """
    found = [
        f"cell {cell.id} ends in ;"
        for cell in code_cells(lesson)
        if cell.source.rstrip().endswith(";")
    ]
    magic = [
        cell for cell in code_cells(lesson) if re.search(r"^\s*[%!]", cell.source, re.MULTILINE)
    ]
    return found + [f"cell {cell.id} has a magic" for cell in magic]


def voice(lesson):
    """No exclamation marks, nothing is simple or obvious."""
    found = []
    for cell in text_cells(lesson):
        plain = re.sub(
            r"`[^`]*`|\$[^$]*\$|!\[",
            "",
            re.sub(r"```.*?```|\$\$.*?\$\$", "", cell.source, flags=re.DOTALL),
        )
        found += [
            f"cell {cell.id} says {word!r}"
            for word in re.findall(r"!|\bsimply\b|\bobviously\b", plain, re.IGNORECASE)
        ]
    return found


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def decoded(cell):
    """What in a cell has to be deciphered rather than read."""
    if any(isinstance(node.value, ast.Lambda) for node in nodes(cell, ast.Assign)):
        yield "gives a lambda a name"
    if any(
        isinstance(part, COMPREHENSIONS) and part is not node
        for node in nodes(cell, COMPREHENSIONS)
        for part in ast.walk(node)
    ):
        yield "has a comprehension inside a comprehension"
    if nodes(cell, ast.Starred):
        yield "unpacks with a star"


def plain_ideas(lesson):
    """A cell tagged idea is what the learner shall be able to write: at most 12 plain lines."""
    found = []
    for cell in code_cells(lesson, "idea"):
        if len(lines(cell)) > 12:
            found.append(f"cell {cell.id} is an idea of {len(lines(cell))} lines, more than 12")
        found += [f"cell {cell.id} is an idea and {what}" for what in decoded(cell)]
    return found


def short_experiments(lesson):
    sizes = {cell.id: len(lines(cell)) for cell in code_cells(lesson, "experiment")}
    return [
        f"cell {name} is an experiment of {n} lines, more than 8"
        for name, n in sizes.items()
        if n > 8
    ]


def mostly_ideas(lesson):
    """Of the lines of code at least half are ideas, exercises apart, where a lesson has ideas."""
    ideas = sum(len(lines(cell)) for cell in code_cells(lesson, "idea"))
    cells = [cell for cell in code_cells(lesson) if not tags(cell) & {"exercise", "check"}]
    total = sum(len(lines(cell)) for cell in cells)
    return [f"{ideas} of {total} lines are ideas"] if 0 < ideas < total / 2 else []


def predictions(lesson):
    """Where a lesson has ideas: four predictions or more, and their answers arrive folded."""
    if not code_cells(lesson, "idea"):
        return []
    found = []
    if len(code_cells(lesson, "predict")) < 4:
        found.append(f"{len(code_cells(lesson, 'predict'))} predictions, not 4 or more")
    for cell in code_cells(lesson):
        answers = any(name.endswith(".answer") for name in called(cell))
        if answers and not cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            found.append(f"cell {cell.id} answers a prediction and shows it on opening")
    return found


def sections(lesson):
    """{heading: text and what is folded below it} of the sections, the title's cell as ""."""
    found, heading = {"": ""}, ""
    for cell in text_cells(lesson):
        for line in cell.source.splitlines():
            if line.startswith("## "):
                heading = line.removeprefix("## ").strip()
                found[heading] = ""
            found[heading] += line + "\n"
    return found


def frame(lesson):
    """Where a lesson has ideas: questions at both ends with folded answers, summary, new words."""
    if not code_cells(lesson, "idea"):
        return []
    parts, found = sections(lesson), []
    first, last = parts[""], parts.get("What do you know now?", "")
    if not first.startswith("# 00") and first.count("<details>") != 3:
        found.append("the title's cell asks three questions with folded answers")
    if last.count("<details>") != 4:
        found.append("What do you know now? asks four questions with folded answers")
    sentences = parts.get("What we saw", "").count("\n* ")
    if not 3 <= sentences <= 6:
        found.append(f"What we saw has {sentences} sentences, not 3 to 6")
    if "| word | meaning |" not in parts.get("New words", ""):
        found.append("no table of new words")
    return found + [
        f"a Try without what one should have seen: {cell.source[:40]!r}"
        for cell in text_cells(lesson)
        if "**Try" in cell.source and "What you should have seen</summary>" not in cell.source
    ]


def core(lesson):
    """Where a lesson has ideas: the core is a third of its words, 20 to 40 %."""
    if not code_cells(lesson, "idea"):
        return []
    words, inside = {True: 0, False: 0}, False
    for cell in text_cells(lesson):
        for line in prose(cell).splitlines():
            if line.startswith("## "):
                inside = line.endswith("(core)")
            words[inside] += len(line.split())
    share = words[True] / sum(words.values())
    return [] if 0.2 <= share <= 0.4 else [f"the core has {share:.0%} of the words"]


def each_picture_once(lesson):
    """No picture stands twice."""
    found, seen = [], {}
    for cell in code_cells(lesson):
        for output in record.pictures(cell):
            picture = output.data["image/png"]
            if picture in seen:
                found.append(f"cell {cell.id} shows the picture of cell {seen[picture]}")
            seen[picture] = cell.id
    return found


def pointers(lesson):
    """A link to a lesson leads to a notebook, and the section named after it is a heading there."""
    found = []
    for cell in text_cells(lesson):
        for name, section in re.findall(r"\]\((\d\d_\w+\.ipynb)\)(?:, “([^”]+)”)?", cell.source):
            path = LESSONS[0].parent / name
            if not path.exists():
                found.append(f"{name} does not exist")
            elif section and section not in headings(path):
                found.append(f"{name} has no section “{section}”")
    return found


@functools.cache
def headings(path):
    """The headings of the notebook at `path`, without "(core)"."""
    return {name.removesuffix(" (core)") for name in sections(nbformat.read(path, 4))}


RULES = [
    title,
    known_tags,
    one_setup,
    rhythm,
    length_of_texts,
    equations,
    length_of_code,
    figures,
    claims,
]
RULES += [widgets_follow_figures, little_matplotlib, exercises, endings, voice]
RULES += [plain_ideas, short_experiments, mostly_ideas, predictions]
RULES += [frame, core, each_picture_once, pointers]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_the_rule(path, rule):
    assert rule(nbformat.read(path, 4)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_stored_as_record_writes_it(path):
    assert record.violations(path) == []


def package_uses(cell, names):
    """The ideas of the package that a cell uses, as `module.name`.

    `names` maps what the lesson has imported, and learns from this cell.
    """
    used = []
    for node in nodes(cell, ast.ImportFrom):
        if node.module == "dlcourse":
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif (node.module or "").startswith("dlcourse."):
            used += [
                f"{node.module.removeprefix('dlcourse.')}.{alias.name}" for alias in node.names
            ]
    used += [
        f"dlcourse, by `{ast.unparse(n)}`"
        for n in nodes(cell, ast.Import)
        if any("dlcourse" in a.name for a in n.names)
    ]
    for node in nodes(cell, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in names:
            used.append(f"{names[node.value.id]}.{node.attr}")
    return [use for use in used if use.split(".")[0] not in FREE and use not in EARNED_BY_ONE_LINE]


def unearned(lessons):
    """Uses of the package before it is earned.

    A cell tagged agree, in this lesson or an earlier one, has then compared it with one's own code.
    """
    found, earned = [], set()
    for lesson in lessons:
        names = {}
        for cell in code_cells(lesson):
            uses = package_uses(cell, names)
            if "agree" in tags(cell):
                earned.update(uses)
            found += [
                f"cell {cell.id} uses {use} before it is earned"
                for use in uses
                if use not in earned
            ]
    return found


def test_nothing_is_imported_before_it_is_earned():
    assert unearned(nbformat.read(path, 4) for path in LESSONS) == []


# The rules can fail: a bad lesson for each.


def text(source):
    return new_markdown_cell(source)


def code(source, *names, picture=False):
    outputs = [new_output("display_data", {"image/png": ""})] if picture else []
    return new_code_cell(source, metadata={"tags": list(names)}, outputs=outputs)


def complete(solution="```python\n1\n```"):
    """An exercise."""
    folded = (
        "<details><summary>Hint</summary>\nh\n</details>\n\n"
        f"<details><summary>Solution</summary>\n{solution}\n</details>"
    )
    return [code("0", "exercise"), code("check()", "check"), text(folded)]


IDEA = code("1", "idea")
BAD = [
    (
        frame,
        [text("# 03 X"), IDEA, text("## What we saw\n* one"), text("**Try.** 1. Which?")],
        [
            "three questions",
            "asks four questions",
            "has 1 sentences",
            "no table of new words",
            "a Try without",
        ],
    ),
    (frame, [text("# 03 X")], []),
    (core, [IDEA, text("## A (core)\n" + "word " * 50), text("## B\n" + "word " * 49)], ["has 5"]),
    (core, [IDEA, text("## A (core)\n" + "word " * 50), text("## B\n" + "word " * 99)], []),
    (
        each_picture_once,
        [code("1", "figure", picture=True), code("2", "figure", picture=True)],
        ["shows the picture of cell"],
    ),
    (
        pointers,
        [text("[Lesson 99](99_all.ipynb) and [lesson 3](03_vanishing_gradient.ipynb), “All”")],
        ["99_all.ipynb does not exist", "has no section “All”"],
    ),
    (pointers, [text("[3](03_vanishing_gradient.ipynb), “The question”")], []),
    (
        title,
        [text("# Lesson")],
        ["no minutes under the title", "no Needs: under", "no Builds: under", "no title"],
    ),
    (known_tags, [code("1", "plot")], ["has the tag plot"]),
    (one_setup, [code("1"), code("2", "setup")], ["the first code cell"]),
    (one_setup, [code("1\n" * 9, "setup")], ["9 statements in the setup cell"]),
    (one_setup, [code("1", "setup"), code("import warnings")], ["filters warnings"]),
    (
        rhythm,
        [code("1") for _ in range(4)],
        ["0 text cells", "4 code cells, not", "4 code cells in a row", "begins with code"],
    ),
    (
        rhythm,
        [text("# 00 Warm-up")],
        ["1 text cells, not 12 or more", "0 code cells, not 10 or more"],
    ),
    (length_of_texts, [text("word " * 151)], ["151 words"]),
    (
        length_of_texts,
        [text("<details>" + "word " * 151 + "</details> $$" + "x " * 151 + "$$")],
        [],
    ),
    (length_of_texts, [text("New words\n\n| a | b |\n|---|---|\n" + "| word | word |\n" * 80)], []),
    (equations, [text("$$a$$ and $$b$$")], ["several equations"]),
    (length_of_code, [code("1\n" * 31)], ["31 lines, more"]),
    (
        figures,
        [code("1", "figure"), code("1", picture=True)],
        ["1 figures, not", "holds a picture or is tagged", "holds a picture or is tagged"],
    ),
    (claims, [code("print('assert')", "claim")], ["asserts nothing", "1 claims, not 6"]),
    (claims, [code("claim('true', True)", "claim")], ["1 claims, not 6"]),
    (widgets_follow_figures, [code("widgets.explore(f)", "widget")], ["explores f, the figure"]),
    (
        widgets_follow_figures,
        [code("g()", "figure"), code("widgets.explore(f)", "widget")],
        ["explores f, the figure"],
    ),
    (
        widgets_follow_figures,
        [code("f()", "figure"), code("interact(f)", "widget")],
        ["calls none of widgets.explore, live.watch"],
    ),
    (
        widgets_follow_figures,
        [code("1", "idea"), code("live.watch(training())", "widget")],
        [],
    ),
    (
        widgets_follow_figures,
        [code("1", "idea"), code("f()", "figure"), code("widgets.explore(f)", "widget")],
        ["which the figure before it draws in one setting"],
    ),
    (
        widgets_follow_figures,
        [code("1", "idea"), code("f(1)\nf(2)", "figure"), code("widgets.explore(f)", "widget")],
        [],
    ),
    (plain_ideas, [code("1\n" * 13, "idea")], ["13 lines, more than 12"]),
    (plain_ideas, [code("f = lambda x: x", "idea")], ["gives a lambda a name"]),
    (plain_ideas, [code("[[y for y in x] for x in a]", "idea")], ["inside a comprehension"]),
    (plain_ideas, [code("f(*x)\n[289, *x]", "idea")], ["unpacks with a star"]),
    (plain_ideas, [code("sorted(a, key=lambda x: -x)\n[x for x in a]", "idea")], []),
    (short_experiments, [code("1\n" * 9, "experiment")], ["9 lines, more than 8"]),
    (
        mostly_ideas,
        [code("1\n2", "idea"), code("1\n2\n3"), code("1\n" * 9, "exercise")],
        ["2 of 5 lines"],
    ),
    (mostly_ideas, [code("1\n2\n3")], []),
    (
        predictions,
        [code("1", "idea"), code("widgets.predict()", "predict"), code("guess.answer('1')")],
        ["1 predictions, not 4", "answers a prediction"],
    ),
    (little_matplotlib, [code("ax[0].plot(1)\n" * 5)], ["5 lines of matplotlib"]),
    (exercises, complete() + complete(), ["2 exercises, not"]),
    (exercises, complete(solution="none"), ["0 blocks of Python"]),
    (exercises, complete()[:2], ["no folded Hint"]),
    (exercises, complete()[::2], ["not tagged check"]),
    (endings, [code("f();\n"), code("%load x")], ["ends in ;", "has a magic"]),
    (
        voice,
        [text("Simply run it! But `!x`, $n!$ and ![a picture](b) are fine.")],
        ["says 'Simply'", "says '!'"],
    ),
]


@pytest.mark.parametrize(
    ("rule", "cells", "words"), BAD, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_bad_lesson_breaks_the_rule(rule, cells, words):
    found = rule(new_notebook(cells=cells))
    assert len(found) == len(words) and all(
        word in sentence for word, sentence in zip(words, found, strict=True)
    ), found


EARNING = "from dlcourse import gradcheck\ngradcheck.numerical_gradient"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([code(EARNING, "agree"), code("gradcheck.numerical_gradient")], None),
        ([code("from dlcourse import data, training\ndata.digits(), training.accuracy")], None),
        ([code(EARNING)], "uses gradcheck.numerical_gradient before"),
        (
            [code(EARNING, "agree"), code("gradcheck.gradient_errors")],
            "uses gradcheck.gradient_errors before",
        ),
        ([code("from dlcourse.layers import Dense")], "uses layers.Dense before"),
        ([code("from dlcourse import layers as l\nl.Dense")], "uses layers.Dense before"),
        ([code("import dlcourse.layers")], "by `import dlcourse.layers`"),
    ],
)
def test_use_before_earning_is_found(cells, words):
    found = unearned([new_notebook(cells=cells)])
    assert not found if words is None else (len(found) == 1 and words in found[0])


def test_what_an_earlier_lesson_earned_is_earned():
    lessons = [new_notebook(cells=[code(EARNING, "agree")]), new_notebook(cells=[code(EARNING)])]
    assert unearned(lessons) == [] and unearned(lessons[::-1]) != []


# Exercises and widgets, run.


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def played(request):
    """A lesson run in this process, each solution in the place of its stub, in another language.

    (code cells, variables, panels, words that are hard to read, what checks said against solutions)

    With each panel stands the picture it began with; the words are those in the lesson's figures.
    Kernels run the same lesson with its stubs, in English: nbval does.
    """
    cells = code_cells(solutions.fill(nbformat.read(request.param, 4)))
    for cell in cells:
        cell.source, *_ = pseudo.translated(cell.source, DISEASES)
    variables, panels, pale, wrong = {"__name__": "__main__"}, [], [], []

    def seen(kind):
        class Seen(kind):
            def __init__(self, *arguments):
                super().__init__(*arguments)
                panels.append((self, self.png))

        return Seen

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        patch.chdir(request.param.parent)
        patch.setenv("DLCOURSE_STRICT", "1")
        patch.setattr(widgets, "LABELS", pseudo.Labels())
        patch.setattr(live, "Live", seen(live.Live))
        patch.setattr(widgets, "Panel", seen(widgets.Panel))
        patch.setattr(
            plots, "show", lambda ax, *_, **more: pale.extend(hard_to_read(np.ravel(ax)[0].figure))
        )
        patch.setattr("IPython.display.display", lambda *objects, **settings: None)
        for cell in cells:
            try:
                exec(compile(cell.source, cell.id, "exec"), variables)
            except Exception as error:
                if "check" in tags(cell):
                    wrong.append(f"{cell.source}: {error}")
                elif "raises-exception" not in tags(cell):
                    raise
    yield cells, variables, panels, pale, wrong
    Widget.close_all()  # ipywidgets keeps every open widget, and with it its lesson
    forget()


def test_the_solutions_pass_the_checks(played):
    *_, wrong = played
    assert wrong == []


def test_a_lesson_runs_in_another_language(played):
    """Every cell of it did, or there would be no `played`; here it is seen to have been another."""
    cells, *_ = played
    assert sum(not cell.source.isascii() for cell in cells) > 0.4 * len(cells)


def test_all_words_in_the_figures_can_be_read(played):
    *_, pale, _ = played
    assert pale == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_page_says_in_words_what_each_picture_shows(path):
    """As `jupyter nbconvert --to html --template classic` writes it.

    nbconvert's default template leaves alt text out.
    """
    page, _ = HTMLExporter(template_name="classic").from_filename(str(path))
    shown = [image for image in re.findall(r"<img[^>]*>", page) if "data:image/png" in image]
    stored = [output for cell in nbformat.read(path, 4).cells for output in record.pictures(cell)]
    words = [html.unescape(re.search(r'alt="([^"]*)"', image)[1]) for image in shown]
    assert words == [output.metadata["image/png"]["alt"] for output in stored]


def values(control):
    """All values of a control; of a long range both ends and seven between them.

    A player has a range as a slider has.
    """
    if isinstance(control, live.Pad):
        return [None, np.eye(control.n), np.tri(control.n)]
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "steps"):
        places = np.unique(np.linspace(0, len(control.steps) - 1, 9).round().astype(int))
        return [control.steps[k] for k in places]
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    step = getattr(control, "step", 1)
    n = int(round((control.max - control.min) / step))
    places = [
        control.min + step * k
        for k in np.unique(np.linspace(0, n, min(n + 1, 9)).round().astype(int))
    ]
    return (
        [control.base**place for place in places]
        if hasattr(control, "base")
        else list(map(type(control.value), places))
    )


def drawn(ax):
    """(what, its numbers) of all that is drawn on an axes.

    A gap that is meant in a line is masked.
    """
    for line in ax.lines:
        x, y = map(np.ma.asarray, line.get_data())
        yield "line", np.ma.stack([x, y]).compressed()
        on_log = (
            ax.get_yscale() == "log"
            and line.get_transform().contains_branch_seperately(ax.transData)[1]
        )
        yield (
            "line on a log axis",
            np.log(np.where(y.compressed() > 0, y.compressed(), np.nan)) if on_log else [],
        )
    for collection in ax.collections:
        # scatter masks what is not finite
        yield "mark", np.ma.filled(collection.get_offsets(), np.nan)
        yield (
            "area",
            np.concatenate([[], *(path.vertices.ravel() for path in collection.get_paths())]),
        )
    for image in ax.images:
        yield "image", np.ma.compressed(image.get_array())
    for patch in ax.patches:
        yield "patch", patch.get_patch_transform().transform_path(patch.get_path()).vertices
    for text in ax.texts:
        yield "text", text.get_position()
    yield "axis", (*ax.get_xlim(), *ax.get_ylim())


def hard_to_read(figure):
    """Words smaller than 9 points or too pale."""
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            if text.get_fontsize() < 9:
                yield f"{text.get_text()!r} has {text.get_fontsize():g} points, fewer than 9"
            if contrast(text.get_color()) < 4.5:
                found = f"{contrast(text.get_color()):.1f}, less than 4.5"
                yield f"{text.get_text()!r} is too pale on white: {found}"


def wrong_in(panel):
    """What a picture shows and no picture may show.

    These are numbers that are not finite, marks or letters cut off, words that are hard to read,
    and a gradient too small for its type.
    """
    yield from hard_to_read(panel._figure)
    for ax in panel._figure.axes:
        yield from {
            f"a number of a {what} is not finite"
            for what, numbers in drawn(ax)
            if not np.all(np.isfinite(numbers))
        }
    for values in BARS:
        if any(
            here == 0 and 0 < above < 1e-30
            for here, above in zip(values[:-1], values[1:], strict=True)
        ):
            yield "a bar is 0 because its number is too small for its type: compute it in float64"
    picture = np.asarray(Image.open(io.BytesIO(panel.png)))
    if min(picture[[0, -1]].min(), picture[:, [0, -1]].min()) < 255:
        yield "something is cut off at the edge of the picture"


BARS = []  # the magnitudes that bars of the last picture stand for, input left


def wrong_with(panel, first):
    """What goes wrong as the controls move, a sentence each.

    Every control is moved over its range, and every two to their ends.
    """
    found, start = set(), {name: control.value for name, control in panel.controls.items()}

    def picture(**setting):
        for name, value in {**start, **setting}.items():
            BARS.clear()
            panel.controls[name].value = value
        problems = [panel.error] if panel.error else wrong_in(panel)
        found.update(f"{problem}, at {setting}" for problem in problems)
        return panel.png

    bars = instrument.bars

    def seen(ax, magnitudes, *rest, **more):
        BARS.append(magnitudes)
        return bars(ax, magnitudes, *rest, **more)

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(instrument, "bars", seen)
        warnings.simplefilter("error")  # in draw, a warning becomes the panel's error
        for name, control in panel.controls.items():
            if all([picture(**{name: value}) == first for value in values(control)]):
                found.add(f"{name} changes the picture nowhere in its range")
        for a, b in itertools.combinations(panel.controls, 2):
            for pair in itertools.product(
                *(
                    values(panel.controls[name])[:: len(values(panel.controls[name])) - 1]
                    for name in (a, b)
                )
            ):
                picture(**dict(zip((a, b), pair, strict=True)))
        if picture() != first:
            found.add(
                "back at its start it shows another picture: "
                "later cells, or its own draw, changed what it draws from"
            )
    return sorted(found)


def test_every_control_of_every_widget_works(played):
    cells, _, panels, *_ = played
    assert len(panels) == len([cell for cell in cells if "widget" in tags(cell)])
    for panel, first in panels:
        assert wrong_with(panel, first) == [], panel


def test_an_exercise_left_blank_fails_its_check(request, played, monkeypatch):
    _, variables, *_ = played
    monkeypatch.setenv("DLCOURSE_STRICT", "1")
    lesson = nbformat.read(request.node.callspec.params["played"], 4)
    for stub, check, *_ in solutions.exercises(lesson):
        exec(stub.source, variables)
        with pytest.raises(AssertionError, match="not answered yet"):
            exec(check.source, variables)


def test_a_panel_in_the_book_shows_the_same_after_the_cells_that_it_needs(played):
    """Its first picture, and one move of each control, are those of the whole lesson."""
    cells, _, found, *_ = played
    text = nbformat.writes(new_notebook(cells=cells))
    in_turn = panels.Lesson(text)
    moved = zip([cell for cell in cells if "widget" in tags(cell)], found, strict=True)
    for cell, (panel, _) in moved:
        if panels.ABOUT not in cell.metadata:
            assert isinstance(panel, live.Live) or any(
                isinstance(control, live.Pad) for control in panel.controls.values()
            ), f"python tools/needs.py writes what cell {cell.id} needs"
            continue
        listed = cell.metadata[panels.ABOUT]["needs"]
        assert listed[0] == cells[0].id, "the setup cell"
        assert listed == [name for name in in_turn.sources if name in listed]
        for name in in_turn.missing(cell.id):
            in_turn.run(name)
        again, whole = in_turn.panel(cell.id), panels.Shown(panel)
        assert needs.alike(needs.pictures(again), needs.pictures(whole)), (
            f"cell {cell.id}: python tools/needs.py finds anew what it needs"
        )


COUNTER = itertools.count(1)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda a, b: a + b, []),
        (lambda a, b: a, ["b changes the picture nowhere"]),
        (lambda a, b: np.float64(a + b) / (a - 5), ["RuntimeWarning: divide by zero"]),
        # seen at a pair of ends only
        (lambda a, b: a + b if a < 5 or b < 6 else [][0], ["IndexError"]),
        (lambda a, b: a + b + next(COUNTER), ["back at its start"]),
    ],
)
def test_a_bad_widget_is_found(f, words):
    def draw(ax=None, a=1, b=2):
        ax.set(xlim=(0, 1), ylim=(0, 99))
        ax.plot([0, f(a, b)])
        return ax

    panel = widgets.explore(draw, a=(0, 5), b=(1, 6))
    found = wrong_with(panel, panel.png)
    assert bool(found) == bool(words) and all(
        any(word in sentence for sentence in found) for word in words
    ), found


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (
            lambda ax, v: ax.plot([0, 1], [v, np.inf if v == 3 else 1]),
            "number of a line is not finite",
        ),
        (lambda ax, v: ax.plot([0, 1, 2], [v, np.nan, 1]), "number of a line is not finite"),
        # a gap that is meant
        (lambda ax, v: ax.plot([0, 1, 2], np.ma.masked_equal([v, 9, 1], 9)), None),
        (
            lambda ax, v: ax.set(yscale="log", ylim=(1, 9)) and ax.plot([1, 2], [5 - v, 4]),
            "line on a log axis",
        ),
        (lambda ax, v: ax.axvline(v) and ax.set(yscale="log", ylim=(1, 9)), None),
        (
            lambda ax, v: ax.scatter([0, np.inf], [v, 1]) and ax.set(xlim=(0, 1)),
            "number of a mark is not finite",
        ),
        (lambda ax, v: ax.bar([0, 1], [v, np.nan]), "number of a patch is not finite"),
        (lambda ax, v: ax.plot([0, v]) and ax.set_title("cut off " * 5 * v), "cut off at the edge"),
        (lambda ax, v: ax.text(0.1, 0.1, f"small {v}", fontsize=8.9), "points, fewer than 9"),
        (lambda ax, v: ax.text(0.1, 0.1, f"pale {v}", color="0.5"), "too pale on white"),
        (
            lambda ax, v: instrument.bars(ax, [0.0, 10.0 ** -(39 + v), 1.0]),
            "too small for its type",
        ),
        (lambda ax, v: instrument.bars(ax, [0.0, 10.0**-v, 1.0]), None),  # a dead layer
    ],
)
def test_a_bad_picture_is_found(put, words):
    def draw(ax=None, v=1):
        put(ax, v)
        return ax

    panel = widgets.explore(draw, v=(0, 5))
    found = wrong_with(panel, panel.png)
    assert any(words in sentence for sentence in found) if words else not found, found


def test_readme_shows_all_pictures_that_are_stored_for_it():
    """What they show is tested where they are made, in test_tools.py."""
    home = LESSONS[0].parent.parent
    text = (home / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"notebooks/pictures/([\w-]+\.\w+)", text))
    stamps = {f"{path.stem.replace('_', '-')}-stamp.png" for path in LESSONS}
    assert shown == stamps | {"hero.gif", "hero.png"}
    assert shown == {file.name for file in (home / "notebooks" / "pictures").iterdir()}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_readme_presents_a_notebook_as_it_presents_itself(path):
    """README and notebook have the same title, question, minutes (core / all) and needs.

    README adds three points, a picture with its alt, and what the lesson settles.
    """
    readme, head = (
        (path.parent.parent / "README.md").read_text(encoding="utf-8"),
        nbformat.read(path, 4).cells[0].source,
    )
    block = re.search(
        rf"^### \[([^]]+)\]\(notebooks/{path.name}\)$(.*?)(?=^#)", readme, re.DOTALL | re.MULTILINE
    )
    assert block, f"README has no block for {path.name}"
    core, full = re.search(r"(\d+)-minute core", head), re.search(r"About (\d+) minutes", head)[1]
    minutes, needs = (
        f"{core[1]} / {full}" if core else full,
        re.search(r"Needs: (.+?\.)(?= Builds|$)", head)[1],
    )
    assert head.startswith(f"# {block[1]}\n")
    assert re.search(r"^\*\*.+\*\*$", head, re.MULTILINE)[0] in block[2].splitlines()
    assert f"{minutes} minutes · Needs: {needs}" in block[2].splitlines()
    assert (
        len(re.findall(r"^\* ", block[2], re.MULTILINE)) == 3
        and '*Settled by experiment:* "' in block[2]
    )
    alt = re.search(
        rf'<img [^>]*src="notebooks/pictures/{path.stem.replace("_", "-")}-[^>]* alt="([^"]+)">',
        block[2],
    )
    assert alt and len(alt[1].split()) >= 5
    row = re.search(
        rf"^\| {re.escape(block[1])} \| ([^|]+) \|",
        (path.parent.parent / "INSTRUCTORS.md").read_text(encoding="utf-8"),
        re.M,
    )
    lessons = re.match(r"lessons? (.+)\.$", needs)
    assert row and row[1] == (lessons[1] if lessons else "nothing")
