"""The workbook: what `course.py open` lays out, and what it never touches."""

import json

import course
import pytest


def notebook(*sources, outputs=()):
    """The text of a stored notebook, executed."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": k,
            "id": f"cell-{k}",
            "metadata": {"jupyter": {"outputs_hidden": True}, "tags": ["figure"]},
            "outputs": list(outputs),
            "source": [source],
        }
        for k, source in enumerate(sources, 1)
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


ANSWER = {"name": "stdout", "output_type": "stream", "text": ["0.79\\n"]}


@pytest.fixture
def folders(tmp_path):
    notebooks, workbook = tmp_path / "notebooks", tmp_path / "workbook"
    notebooks.mkdir()
    (notebooks / "01_a.ipynb").write_text(
        notebook("print('é')", outputs=[ANSWER]), encoding="utf-8"
    )
    assert course.lay_out(notebooks, workbook) == []
    return notebooks, workbook


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def change(notebooks, source):
    (notebooks / "01_a.ipynb").write_text(notebook(source, outputs=[ANSWER]), encoding="utf-8")


def test_a_copy_has_the_cells_and_no_answers(folders):
    [cell] = read(folders[1] / "01_a.ipynb")["cells"]
    assert (
        cell["source"] == ["print('é')"]
        and cell["outputs"] == []
        and cell["execution_count"] is None
    )
    assert cell["metadata"] == {"jupyter": {}, "tags": ["figure"]}


def test_what_the_learner_wrote_stays(folders):
    notebooks, workbook = folders
    mine = workbook / "01_a.ipynb"
    mine.write_text(notebook("my own work"), encoding="utf-8")
    for _ in range(2):
        assert course.lay_out(notebooks, workbook) == []
        assert read(mine)["cells"][0]["source"] == ["my own work"]
    assert [path.name for path in workbook.glob("*.ipynb")] == ["01_a.ipynb"]


def test_a_newer_lesson_is_laid_beside_ones_own_work_and_said_once(folders):
    notebooks, workbook = folders
    mine = workbook / "01_a.ipynb"
    mine.write_text(notebook("my own work"), encoding="utf-8")
    change(notebooks, "newer")
    [sentence] = course.lay_out(notebooks, workbook)
    assert "workbook/01_a (new).ipynb" in sentence and "Yours stays" in sentence
    assert read(mine)["cells"][0]["source"] == ["my own work"]
    assert read(workbook / "01_a (new).ipynb")["cells"][0]["source"] == ["newer"]
    assert course.lay_out(notebooks, workbook) == []


def test_a_copy_that_nobody_touched_becomes_the_newer_lesson(folders):
    notebooks, workbook = folders
    change(notebooks, "newer")
    assert course.lay_out(notebooks, workbook) == []
    assert read(workbook / "01_a.ipynb")["cells"][0]["source"] == ["newer"]
    assert len(list(workbook.glob("*.ipynb"))) == 1


def test_only_other_outputs_are_not_a_newer_lesson(folders):
    notebooks, workbook = folders
    (workbook / "01_a.ipynb").write_text(notebook("my own work"), encoding="utf-8")
    (notebooks / "01_a.ipynb").write_text(notebook("print('é')"), encoding="utf-8")
    assert course.lay_out(notebooks, workbook) == []


def test_a_deleted_copy_comes_back_and_without_a_memory_all_work_counts_as_the_learners(folders):
    notebooks, workbook = folders
    mine = workbook / "01_a.ipynb"
    mine.unlink()
    course.lay_out(notebooks, workbook)
    assert mine.exists()
    (workbook / ".copied.json").unlink()
    mine.write_text(notebook("my own work"), encoding="utf-8")
    change(notebooks, "newer")
    assert len(course.lay_out(notebooks, workbook)) == 1
    assert read(mine)["cells"][0]["source"] == ["my own work"]


def test_an_older_work_lying_beside_is_not_overwritten_by_the_next(folders):
    """The learner may have gone on in the new copy: a still newer one finds another name."""
    notebooks, workbook = folders
    (workbook / "01_a.ipynb").write_text(notebook("my own work"), encoding="utf-8")
    change(notebooks, "newer")
    course.lay_out(notebooks, workbook)
    (workbook / "01_a (new).ipynb").write_text(notebook("work in the new one"), encoding="utf-8")
    change(notebooks, "newest")
    [sentence] = course.lay_out(notebooks, workbook)
    assert read(workbook / "01_a (new).ipynb")["cells"][0]["source"] == ["work in the new one"]
    assert "01_a (new 2).ipynb" in sentence
    assert read(workbook / "01_a (new 2).ipynb")["cells"][0]["source"] == ["newest"]
