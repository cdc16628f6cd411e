"""The tools for authors.

record executes and stores notebooks, solutions fills in or takes out answers, the
benchmarks compare.
"""

import ast
import base64
import importlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
from unittest import mock

import glossary
import hero
import matplotlib
import nbformat
import numpy as np
import palette
import pytest
import record
import solutions
import stamps
import variants
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from dlcourse import exercises


def wordy(path):
    """A notebook of two cells in a file, not run yet."""
    nbformat.write(
        new_notebook(cells=[new_markdown_cell("Words."), new_code_cell("print(6 * 7)")]), path
    )
    return path


def test_record_runs_and_normalises_and_is_content_with_what_it_wrote(tmp_path):
    path = wordy(tmp_path / "01_a_lesson.ipynb")
    assert len(record.violations(path)) == 2  # the form, the counts
    record.record(path)
    stored = nbformat.read(path, 4)
    assert [cell.id for cell in stored.cells] == ["01-a-lesson-000", "01-a-lesson-001"]
    assert stored.cells[1].outputs[0].text == "42\n" and stored.cells[1].execution_count == 1
    assert record.violations(path) == [] and os.listdir(tmp_path) == [path.name]


def test_record_leaves_a_notebook_that_fails_as_it_was(tmp_path):
    path = wordy(tmp_path / "bad.ipynb")
    path.write_text(path.read_text().replace("print(6 * 7)", "1 / 0"))
    before = path.read_bytes()
    with pytest.raises(Exception, match="ZeroDivisionError"):
        record.record(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (new_output("stream", name="stderr", text="careful"), "stores a warning"),
        (new_output("stream", name="stdout", text="<object at 0x7f00aabbcc>"), "prints an address"),
        (new_output("error", ename="ValueError"), "stores an error: ValueError"),
        (new_output("display_data", {"image/png": "", "text/plain": ""}), "without a sentence"),
    ],
)
def test_record_finds_what_must_not_be_stored(tmp_path, monkeypatch, output, words):
    monkeypatch.setattr(record, "small", lambda picture: picture)
    cell = new_code_cell("1", outputs=[output], execution_count=1, id="a")
    path = tmp_path / "x.ipynb"
    path.write_text(
        record.written(record.normalise(new_notebook(cells=[cell]), "x")),
        encoding="utf-8",
        newline="\n",
    )
    found = record.violations(path)
    assert len(found) == 1 and words in found[0]


def png(change=0):
    """A picture in base64: a dark square, and a spot darker than its paper by `change`."""
    array = np.full((40, 80, 3), 255, np.uint8)
    array[10:20, 10:20] = 0
    array[24:28, 24:28] -= np.uint8(change)
    out = io.BytesIO()
    Image.fromarray(array).save(out, "png")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(("change", "kept"), [(0, True), (6, True), (200, False)])
def test_record_keeps_the_old_picture_only_where_the_new_one_looks_the_same(change, kept):
    old, new = (new_notebook(cells=[new_code_cell("1")]) for _ in range(2))
    old.cells[0].outputs = [new_output("display_data", {"image/png": record.small(png())})]
    new.cells[0].outputs = [new_output("display_data", {"image/png": png(change)})]
    record.normalise(new, "x", old)
    old, new = (notebook.cells[0].outputs[0].data["image/png"] for notebook in (old, new))
    assert (old == new) is kept and record.unpacked(new).mode == "P"


def test_a_small_picture_keeps_a_colour_that_is_rare():
    array = np.zeros((20, 30_000, 3), np.uint8)
    array[..., 0] = 55 + 200 * np.linspace(0, 1, 30_000) ** 3  # a ramp of 200 reds
    array[0, :60] = np.linspace(0, 255, 60)[:, None]  # 60 greys, a pixel each
    out = io.BytesIO()
    Image.fromarray(array).save(out, "png")
    reduced = record.unpacked(record.small(base64.b64encode(out.getvalue()).decode()))
    assert reduced.mode == "P"
    assert np.abs(np.asarray(reduced.convert("RGB"), int) - array).max() < 20


def test_a_small_picture_has_no_more_colours_than_the_eye_needs():
    greys = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2).repeat(40, axis=0)
    out = io.BytesIO()
    Image.fromarray(greys).save(out, "png")
    reduced = record.unpacked(record.small(base64.b64encode(out.getvalue()).decode()))
    found = np.asarray(reduced.convert("RGB"), int)
    assert len(np.unique(found)) <= 64, "each grey within 8 of 255 takes some 16 of them"
    assert np.abs(found - greys).max() <= record.SEEN


def test_flat_colours_stay_exact_in_a_picture_of_many_colours():
    """Grounds, bars and lines, whatever the thousands of colours of a photograph beside them."""
    rng = np.random.default_rng(0)
    array = rng.integers(0, 256, (200, 200, 3), np.uint8)
    grounds = [(207, 227, 239), (246, 220, 203), (0, 114, 178), (206, 227, 239), (255, 255, 255)]
    for k, ground in enumerate(grounds):
        array[20 * k : 20 * k + 20] = ground
    image = Image.fromarray(array)
    reduced = palette.flat(image, palette.palette_of(image))
    seen = np.asarray(reduced.convert("RGB"))
    assert reduced.mode == "P" and np.array_equal(seen[:100], array[:100])
    assert np.abs(seen[100:].astype(int) - array[100:]).mean() < 25


@pytest.mark.parametrize("colors", [1, 2, 256])
def test_a_picture_of_few_colours_is_kept_as_it_is(colors):
    array = np.arange(colors, dtype=np.uint8)[:, None, None].repeat(3, axis=2).repeat(5, axis=1)
    found = palette.palette_of(Image.fromarray(array))
    assert len(found) == colors
    assert np.array_equal(
        np.asarray(palette.flat(Image.fromarray(array), found).convert("RGB")), array
    )
    assert len(palette.palette_of(Image.fromarray(array), 64)) <= 64


def test_record_keeps_alt_tags_and_readable_ids_and_drops_the_rest():
    cell = new_code_cell("1", id="by-hand")
    cell.metadata.update(
        {
            "tags": ["figure"],
            "collapsed": True,
            "jupyter": {"source_hidden": True, "outputs_hidden": True},
        }
    )
    data = {"image/png": png(), "text/plain": "Panel", record.VIEW: {"model_id": "1"}}
    cell.outputs = [
        new_output(
            "display_data",
            data,
            metadata={"image/png": {"alt": "A square.", "width": 3, "height": 4}},
        ),
        new_output("display_data", {"text/plain": "HBox", record.VIEW: {"model_id": "2"}}),
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="b\n"),
    ]
    lesson = new_notebook(
        cells=[cell, new_code_cell("2")],
        metadata={"widgets": {}, "language_info": {"name": "python", "version": "3"}},
    )
    record.normalise(lesson, "01_x")
    assert [c.id for c in lesson.cells] == ["by-hand", "01-x-000"]
    assert lesson.metadata == record.METADATA
    assert lesson.cells[0].metadata == {
        "tags": ["figure"],
        "jupyter": {"source_hidden": True, "outputs_hidden": True},
    }
    shown, printed = lesson.cells[0].outputs
    assert shown.metadata == {"image/png": {"alt": "A square.", "width": 3}} and set(
        shown.data
    ) == {"image/png", "text/plain"}
    assert printed.text == "a\nb\n"


def test_the_hero_goes_back_layer_by_layer_through_magnitudes_that_the_package_computed(
    monkeypatch,
):
    seen = []
    monkeypatch.setattr(hero, "_picture", lambda figure, dpi: seen.append(figure))
    monkeypatch.setattr(
        hero.instrument,
        "instrument",
        lambda ax, weights, magnitudes, *rest, **more: seen.append(magnitudes) or ax,
    )
    assert [duration for _, duration in hero.frames("sigmoids")] == [
        hero.BEGIN,
        *[hero.STEP] * 9,
        hero.END,
    ]
    known = [np.isfinite(magnitudes) for magnitudes in seen[::2]]
    assert [layers.sum() for layers in known] == list(range(11))
    assert all(layers[10 - k :].all() for k, layers in enumerate(known)), (
        "the last layer is known first"
    )
    faded, level = (hero.measured(name)[1] for name in hero.UNITS)
    assert faded[0] < 1e-5 * faded[-1] and (np.diff(faded) > 0).all() and level[0] > 0.1 * level[-1]


def test_the_stored_hero_is_what_hero_draws_and_is_small():
    path = hero.FOLDER / "hero.gif"
    stored = Image.open(path)
    assert path.stat().st_size <= 700_000 and stored.n_frames == 22
    for name, last in zip(hero.UNITS, (10, 21), strict=True):
        stored.seek(last)
        with matplotlib.rc_context():
            hero.plots.use_style()
            drawn = hero.frames(name)[-1][0]
        assert drawn.size == stored.size
        a, b = (np.asarray(image.convert("RGB").reduce(4), float) for image in (stored, drawn))
        assert np.abs(a - b).max() < 60 and np.abs(a - b).mean() < 1.5
    standing = Image.open(hero.FOLDER / "hero.png")
    assert standing.size == (1680, 840) and standing.mode == "P"


@pytest.mark.parametrize("name", stamps.DRAWN)
def test_a_stored_stamp_is_what_stamps_draws_and_can_be_read(name):
    with matplotlib.rc_context():
        stamps.plots.use_style()
        ax = stamps.DRAWN[name]()
        drawn = stamps.stored(ax)
    stored = Image.open(stamps.FOLDER / f"{name}-stamp.png")
    assert stored.size == drawn.size == (760, 380) and stored.mode == "P"
    a, b = (np.asarray(image.convert("RGB").reduce(4), float) for image in (stored, drawn))
    # a training ends a little elsewhere on another processor: some units, a border, a curve
    trained = name in (
        "08-activations",
        "10-regularization",
        "12-transfer",
        "14-playground",
        "15-your-handwriting",
    )
    assert np.abs(a - b).mean() < (5 if trained else 1.5)
    assert trained or np.abs(a - b).max() < 60
    panels = np.ravel(ax)[0].figure.axes
    assert not any(p.axison and (len(p.get_xticks()) or len(p.get_yticks())) for p in panels)
    texts = [text for panel in panels for text in (*panel.texts, panel.title, panel._left_title)]
    texts = [text for text in texts if text.get_text().strip(" ×")]
    assert 1 <= sum(len(text.get_text().split()) for text in texts) <= 8
    assert all(text.get_fontsize() >= stamps.WORDS for text in texts)


def test_the_stamps_say_what_the_package_computed():
    stair = [text.get_text() for text in stamps.staircase().texts]
    magnitudes = stamps.magnitudes_at_start(stamps.letter_net([30] * 9, dtype=np.float64))
    lost = float(stair[-1].removeprefix("1/").replace(",", ""))
    assert lost == pytest.approx(magnitudes[-1] / magnitudes[0], rel=0.05)
    turned = np.sqrt(0.5) * np.array([[1, 1], [-1, 1]])
    for number, name in enumerate(stamps.RATES):
        straight, back = stamps.walk(name, np.eye(2)), stamps.walk(name, turned)
        assert np.allclose(straight, back) is (number < 3), name


def lesson_with_words(folder, name, table, text="## Down\n\nA *slope* and a *unit*."):
    """A lesson whose text stands above a table of new words."""
    head = "## New words\n\n| word | meaning |\n|---|---|\n"
    cells = [new_markdown_cell(f"# {name}"), new_markdown_cell(text), new_code_cell("1")]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=[*cells, new_markdown_cell(head + table)]), path)
    return path


def test_the_stored_glossary_is_what_the_lessons_tables_say():
    entries, wrong = glossary.gather()
    assert wrong == []
    stored = (glossary.FOLDER / "GLOSSARY.md").read_text(encoding="utf-8")
    assert stored == glossary.written(entries), "run python tools/glossary.py"


def test_the_glossary_gathers_words_by_alphabet_with_the_section_where_they_first_stand(tmp_path):
    text = "It has a *unit*.\n\n## Up (core)\n\nA *unit* has a *slope*, and *bends*."
    table = "| unit, neuron | Adds up. |\n| slope m | Rises |\n| *bend* | Turns. |"
    lesson_with_words(tmp_path, "02_later", table, text)
    table = "| neuron | Another. |\n| Slope, rise | Again. |"
    lesson_with_words(tmp_path, "03_last", table, "*neuron*, *slope*")
    nbformat.write(new_notebook(cells=[new_markdown_cell("No words.")]), tmp_path / "04_none.ipynb")
    entries, wrong = glossary.gather(tmp_path)
    assert wrong == []
    assert [entry.row() for entry in entries] == [
        "| bend | Turns. | [Lesson 2](02_later.ipynb), “Up” |",
        "| slope m | Rises. | [Lesson 2](02_later.ipynb), “Up”; "
        "[Lesson 3](03_last.ipynb), “title” |",
        "| unit, neuron | Adds up. | [Lesson 2](02_later.ipynb), “title”; "
        "[Lesson 3](03_last.ipynb), “title” |",
    ]
    assert glossary.written(entries).endswith(entries[2].row() + "\n")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("| bend | It bends. |", "“bend” stands nowhere above the table in *italics*"),
        ("| slope | |", "the row “slope | ” is not a word and its meaning"),
        ("| slope | Rises. | more |", "the row “slope | Rises. | more” is not a word and its"),
        ("", "“New words” holds no table | word | meaning |"),
        ("| slope | Rises. |\n| slope | Again. |", "“slope” stands in the table twice"),
        ("| slope | Rises. |\n\n## New words\n\nAgain.", "has 2 sections “New words”"),
    ],
)
def test_a_bad_table_of_words_is_told_in_a_sentence(tmp_path, table, sentence):
    path = lesson_with_words(tmp_path, "01_bad", table)
    _, wrong = glossary.gather(tmp_path)
    assert len(wrong) == 1 and wrong[0].startswith(path.name) and sentence in wrong[0]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("a *slope* here", True),
        ("**slope**", False),
        ("`*slope*`", False),
        ("2 * slope * 3", False),
        ("<details><summary>?</summary>\n\n*slope*\n</details>", False),
        ("```\n*slope*\n```", False),
        ("| a | *slope* |", True),
        ("*Slope*", True),
    ],
)
def test_a_word_counts_as_explained_where_italics_are_read(text, there):
    assert ("slope" in glossary.first_places([("A", text)])) is there


def exercise(solution):
    """A notebook of one exercise in a file."""
    folded = (
        "<details><summary>Hint</summary>\nh\n</details>\n\n"
        "<details><summary>Solution</summary>\n{}\n</details>\n\nNext."
    )
    cells = [
        new_code_cell("0", metadata={"tags": ["exercise"]}),
        new_code_cell("check()", metadata={"tags": ["check"]}),
    ]
    return new_notebook(cells=[*cells, new_markdown_cell(folded.format(solution))])


def test_solutions_are_filled_in_and_taken_out(tmp_path):
    nbformat.write(exercise("```python\nx = 1\n```"), tmp_path / "in.ipynb")
    for action in ("fill", "strip"):
        solutions.main([action, str(tmp_path / "in.ipynb"), str(tmp_path / f"{action}.ipynb")])
    filled, stripped = (
        nbformat.read(tmp_path / f"{action}.ipynb", 4).cells for action in ("fill", "strip")
    )
    assert filled[0].source == "x = 1" and "Solution" in filled[2].source
    assert stripped[0].source == "0"
    assert stripped[2].source == "<details><summary>Hint</summary>\nh\n</details>\n\nNext."


HANDED_IN = {
    "a": ("x = 1", "check()", "right"),
    "b": ("x = 2", "check()", "x should be 1 | 1.0"),
    "c": ("x = 1", "print('right')", "the cell of this check is missing, or was changed"),
    "d": ("x", "check()", "stops with NameError: name 'x' is not defined"),
    "e": ("x = 1\ncheck = int", "check()", "the cell of this check printed nothing"),
    "f": ("import os; os._exit(1)", "check()", "not run: a cell above it, or it, ended Python"),
}


def hand_in(path, answer, check):
    """A notebook with an answer to `exercise`, in a file."""
    given = "def check(): print('right' if x == 1 else 'x should be 1 | 1.0')"
    answered = new_code_cell(answer, metadata={"tags": ["exercise"]})
    nbformat.write(new_notebook(cells=[new_code_cell(given), answered, new_code_cell(check)]), path)


def test_what_is_handed_in_is_judged(tmp_path, capsys):
    nbformat.write(exercise("```python\nx = 1\n```"), tmp_path / "lesson.ipynb")
    for name, (answer, check, _) in HANDED_IN.items():
        hand_in(tmp_path / f"by_{name}.ipynb", answer, check)
    (tmp_path / "by_g.ipynb").write_text("no notebook", encoding="utf-8")
    solutions.main(["judge", str(tmp_path / "lesson.ipynb"), str(tmp_path / "by_*.ipynb")])
    head, line, *rows, last = capsys.readouterr().out.splitlines()
    assert (head, line) == ("| notebook | check | verdict |", "|---|---|---|")
    assert rows == [
        f"| {tmp_path / f'by_{name}.ipynb'} | `check()` | {verdict.replace('|', chr(92) + '|')} |"
        for name, (_, _, verdict) in HANDED_IN.items()
    ]
    assert last.startswith(f"| {tmp_path / 'by_g.ipynb'} |  | cannot be read: ")


def test_a_cell_that_never_ends_ends_a_judgement_and_not_the_next(tmp_path, monkeypatch):
    lesson = exercise("```python\nx = 1\n```")
    hand_in(tmp_path / "late.ipynb", "while True: pass", "check()")
    monkeypatch.setattr(record, "LONGEST", 2)
    late = nbformat.read(tmp_path / "late.ipynb", 4)
    said = solutions.judge(late, lesson, tmp_path)
    assert said == {"check()": "not run: a cell above it, or it, took too long"}


def test_judge_says_where_nothing_was_handed_in(tmp_path):
    nbformat.write(exercise("```python\nx = 1\n```"), tmp_path / "lesson.ipynb")
    with pytest.raises(SystemExit, match="judge found no notebook: .*none"):
        solutions.main(["judge", str(tmp_path / "lesson.ipynb"), str(tmp_path / "none*.ipynb")])


CLASSROOM = pathlib.Path(solutions.__file__).parent / "classroom/judge.yml"


def test_the_workflow_for_a_classroom_trusts_nobody():
    workflow = yaml.safe_load(CLASSROOM.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert sorted(workflow[True]) == ["push", "workflow_dispatch"]  # YAML reads `on` as true
    (job,) = workflow["jobs"].values()
    assert job["timeout-minutes"] <= 30 and "permissions" not in job
    checkout = job["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"]["persist-credentials"] is False
    assert "secrets" not in CLASSROOM.read_text(encoding="utf-8").replace("no secret", "")
    assert not any("${{" in step.get("run", "") for step in job["steps"])


@pytest.mark.skipif(os.name == "nt" or not shutil.which("git"), reason="as on Ubuntu, with git")
def test_the_workflow_for_a_classroom_judges_what_was_pushed(tmp_path):
    """Its own lines, one after the other; the environment that it would install is the one here."""
    course, pushed = tmp_path / "dlcourse", tmp_path / "runner/handed_in/week 1"
    (course / "notebooks").mkdir(parents=True)
    shutil.copytree(CLASSROOM.parent.parent, course / "tools")
    nbformat.write(exercise("```python\nx = 1\n```"), course / "notebooks/01_a.ipynb")
    git = ("git", "-C", course, "-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "All"), ("tag", "v1")):
        subprocess.run([*git, *command], check=True)
    pushed.mkdir(parents=True)
    hand_in(pushed / "01_a.ipynb", "import os; x = len(os.environ.get('SECRET', 'a'))", "check()")
    hand_in(pushed / "notes.ipynb", "x = 1", "check()")
    runner, summary = tmp_path / "runner", tmp_path / "summary.md"
    said = {"COURSE": str(course), "VERSION": "v1", "GITHUB_STEP_SUMMARY": str(summary)}
    (job,) = yaml.safe_load(CLASSROOM.read_text(encoding="utf-8"))["jobs"].values()
    lines = [step["run"] for step in job["steps"] if "run" in step]
    assert set(job["env"]) == {"COURSE", "VERSION"} and len(lines) == 3
    for line in lines:
        if "course.py open" in line:
            (runner / "course/.venv").symlink_to(sys.prefix)
            continue
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line]
        subprocess.run(shell, cwd=runner, env={**os.environ, **said, "SECRET": "abc"}, check=True)
    assert summary.read_text(encoding="utf-8").splitlines() == [
        "| notebook | check | verdict |",
        "|---|---|---|",
        "| handed_in/week 1/01_a.ipynb | `check()` | right |",
        "",
    ]


LESSONS = sorted(CLASSROOM.parents[2].glob("notebooks/*.ipynb"))
# what nbgrader 0.9.6 asks of a cell (nbgrader/nbgraderformat/v3.py)
KINDS = {"grade": bool, "grade_id": str, "locked": bool, "schema_version": int}
KINDS |= {"solution": bool, "task": bool}


def without(mark, source, stub=()):
    """A cell as nbgrader gives it out: between its marks nothing, or its own stub."""
    lines, kept = [], True
    for line in source.splitlines():
        if f"### BEGIN {mark}" in line:
            lines += [line.partition("#")[0] + one for one in stub]
        if f"### BEGIN {mark}" in line or f"### END {mark}" in line:
            kept = "END" in line
        elif kept:
            lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_can_be_a_source_of_nbgrader(tmp_path, path):
    solutions.main(["strip", "--nbgrader", str(path), str(tmp_path / "source.ipynb")])
    found = solutions.exercises(nbformat.read(path, 4))
    made = nbformat.read(tmp_path / "source.ipynb", 4)
    cells = [cell for cell in made.cells if "nbgrader" in cell.metadata]
    told = [cell.metadata["nbgrader"] for cell in cells]
    for metadata in told:
        assert {key: type(metadata[key]) for key in KINDS} == KINDS
        assert metadata["schema_version"] == 3 and not metadata["task"]
        assert re.fullmatch("[a-zA-Z0-9_-]+", metadata["grade_id"])
        assert metadata["grade"] is metadata["locked"] is not metadata["solution"]
        assert metadata.get("points") == (1 if metadata["grade"] else None)
    assert len({metadata["grade_id"] for metadata in told}) == len(told)
    assert [metadata["grade"] for metadata in told] == [False, True] * len(found)
    for (stub, check, _, code), answer, test in zip(found, cells[::2], cells[1::2], strict=True):
        assert answer.outputs == test.outputs == []
        released = without("SOLUTION", answer.source, ["raise NotImplementedError()"])
        *kept, last = released.splitlines()
        assert kept == stub.source.splitlines() and last.strip() == "raise NotImplementedError()"
        assert without("HIDDEN TESTS", test.source) == check.source
        assert 'os.environ["DLCOURSE_STRICT"] = "1"' in test.source
        solved, known = ast.parse(answer.source), ast.parse(stub.source)
        if isinstance(known.body[0], ast.FunctionDef):
            del solved.body[0].body[0]  # the stub's docstring
        else:
            del solved.body[: len(known.body)]
        assert ast.dump(solved) == ast.dump(ast.parse(code))
    assert not any("<summary>Solution" in cell.source for cell in made.cells)


def test_a_stub_of_nbgrader_is_not_answered_yet(capsys):
    def surprise_in_bits(p):
        raise NotImplementedError()

    exercises.check_surprise_in_bits(surprise_in_bits)
    assert capsys.readouterr().out == "not answered yet\n"


def test_a_missing_solution_is_named(tmp_path):
    nbformat.write(exercise("soon"), tmp_path / "in.ipynb")
    with pytest.raises(SystemExit, match="0 blocks of Python as Solution"):
        solutions.main(["fill", str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb")])


def test_the_benchmark_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit, match="pip install -r tools/benchmark-requirements.txt"):
        importlib.import_module("benchmark")


def test_the_benchmark_warns_where_the_processors_own_code_is_not_what_runs(monkeypatch):
    for name in ("torch", "torch.nn", "sklearn", "sklearn.neural_network", "threadpoolctl"):
        monkeypatch.setitem(sys.modules, name, mock.MagicMock())
    monkeypatch.delitem(sys.modules, "benchmark", raising=False)
    benchmark = importlib.import_module("benchmark")
    monkeypatch.delitem(sys.modules, "benchmark")
    monkeypatch.delenv("NPY_DISABLE_CPU_FEATURES", raising=False)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    assert benchmark.warning() == ""
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert benchmark.warning().startswith("Warning: OPENBLAS_CORETYPE=Haswell is set.")


@pytest.fixture
def benchmark_site():
    needs = "needs playwright: pip install -r tests/requirements.txt"
    pytest.importorskip("playwright.sync_api", reason=needs)
    return importlib.import_module("benchmark_site")


MOVED = """<div class="panel-controls"><img><input type="range" max="3" value="3">
<input type="checkbox"><button>nothing</button><button>play</button></div><script>
const [slider, , , play] = document.querySelectorAll("input, button");
const draw = () => {
    const canvas = document.createElement("canvas"), c = canvas.getContext("2d");
    c.fillStyle = `rgb(${60 * slider.value}, 0, 0)`;
    c.fillRect(0, 0, canvas.width, canvas.height);
    document.querySelector("img").src = canvas.toDataURL();
};
slider.oninput = draw;
play.onclick = () => play.textContent = "pressed";
draw();
</script>"""


def test_the_benchmark_of_the_site_counts_moves_and_those_without_a_picture(
    benchmark_site, monkeypatch
):
    browse = benchmark_site.browse
    monkeypatch.setattr(browse, "WAIT", browse.WAIT.replace("3000", "500"))
    monkeypatch.setattr(benchmark_site, "PRESSES", 4)
    try:
        with browse.chromium(browse.OFFLINE) as browser:
            page = browser.new_page()
            page.set_content(MOVED)
            panel = page.locator("div")
            found = benchmark_site.moves(page, panel)
            assert panel.get_by_role("button").all_inner_texts() == ["nothing", "play"]
    except LookupError as error:
        pytest.skip(str(error))
    slider, box = found[:4], found[4:]
    assert all(slider) and box == [None] * 4, "of the slider, from its upper end; of the box"


def test_a_line_of_the_benchmark_of_the_site_is_of_the_moves_that_had_a_picture(benchmark_site):
    line = benchmark_site.row("lesson", 9.0, 3.0, [30.0, None, 20.0, 100.0], [10.0, 15.0, 90.0])
    assert line.split() == "lesson 9.0 3.0 3.0 4 1 30 100 100 15 2.0".split()
    assert benchmark_site.row("lesson", 9.0).split() == ["lesson", "9.0"]
    assert benchmark_site.row("lesson", 9.0, None, [None]).split() == ["lesson", "9.0", "1", "1"]


def test_the_benchmark_of_the_site_says_which_lessons_there_are(benchmark_site, tmp_path):
    with pytest.raises(SystemExit, match="holds no live lessons"):
        benchmark_site.main([str(tmp_path)])
    (tmp_path / "files").mkdir()
    for name in ("00_a", "01_b"):
        (tmp_path / f"files/{name}.ipynb").touch()
    with pytest.raises(SystemExit, match="No lesson's name begins with '7': 00_a, 01_b"):
        benchmark_site.chosen(tmp_path, ["01", "7"])
    assert [path.stem for path in benchmark_site.chosen(tmp_path, ["01"])] == ["01_b"]
    assert len(benchmark_site.chosen(tmp_path, [])) == 2


def test_variants_force_what_they_name_and_nothing_else(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")  # a variant does not inherit it
    monkeypatch.setattr(
        variants, "BARE", {k: v for k, v in os.environ.items() if k not in variants.FORCED}
    )
    found = variants.variants()
    assert found["as this processor has it"] == {} and found["Haswell"] == {
        "OPENBLAS_CORETYPE": "Haswell"
    }
    ask = "import os; print(os.environ.get('OPENBLAS_CORETYPE'), os.environ.get('ROUNDING_NOISE'))"
    assert variants.said(ask) == "None None"
    assert variants.said(ask, **found["rounding noise 2"]) == "None 2"
    assert variants.said("raise SystemExit(3)") is None


def test_variants_count_what_passed_and_what_failed(tmp_path):
    path = tmp_path / "test_some.py"
    path.write_text(
        "def test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pass\n", encoding="utf-8"
    )
    right, wrong, said = variants.passed({}, str(path))
    assert (right, wrong) == (2, 1) and "test_b" in said
    assert variants.passed({}, str(tmp_path / "missing.py"))[:2] == (0, 1)
