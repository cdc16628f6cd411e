"""The language that nobody speaks, in which test_notebooks runs every lesson."""

import ast
import pathlib

import nbformat
import pseudo
import pytest

from dlcourse.drawing.style import padded
from dlcourse.exercises.initialization import DISEASES

LESSONS = sorted((pathlib.Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


class WithoutStrings(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Constant(None) if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node):
        node.values = [part for part in node.values if not isinstance(part, ast.Constant)]
        return self.generic_visit(node)

    def visit_FormattedValue(self, node):
        return ast.FormattedValue(self.visit(node.value), node.conversion, node.format_spec)


def code(source):
    """What is left of a source without its texts; formats stay."""
    return ast.dump(WithoutStrings().visit(ast.parse(source)))


def plain(source):
    """The source with the quotes that this Python would choose."""
    return ast.unparse(ast.parse(source))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_only_what_is_said_is_changed(path):
    texts = 0
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            source, found, comments = pseudo.translated(cell.source, DISEASES)
            assert code(source) == code(cell.source), cell.id
            assert (source == cell.source) == (found + comments == 0), cell.id
            texts += found
    assert texts > 30


@pytest.mark.parametrize(
    "text",
    [
        "about 30",
        "of two",
        "cross-entropy",
        "two units",
        "c = 1, 200 steps",
        "5 letters",
        "What?  a",
    ],
)
def test_a_text_has_a_word_and_a_space_or_two_words(text):
    assert pseudo.is_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "ReLU",
        "without",
        "batch_size",
        "L2 0.01",
        "/drawings.npz",
        "w_h = 2",
        ".3f",
        "a, b",
        "$two x$",
    ],
)
def test_a_name_is_no_text(name):
    assert not pseudo.is_text(name)


def test_a_program_of_several_lines_is_no_text():
    assert not pseudo.is_text("import sys\nfrom dlcourse import data\n")
    assert pseudo.is_text("two lines\nof a picture")


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("claim('so', x)", "claim('šò', x)"),
        ("f(so='so', title='so')", "f(so='so', title='šò')"),
        ("choices = ['two', 'A']; two = ['two']", "choices = ['twò', 'A']; two = ['two']"),
        ("rows['the end'] = rows['end']", "rows['thè·èñd'] = rows['end']"),
        ("print(f'{x:.2f} of {n}')", "print(f'{x:.2f} òf {n}')"),
        ("print(f'the {by[\"the end\"]:g}')", "print(f\"thè {by['thè·èñd']:g}\")"),
        ("f('dead ReLU', 'dead end')", "f('dead ReLU', 'dèàd·èñd')"),
        ("f('$a b$ of a $c$')", "f('$a b$ òf·à $c$')"),
        ('def f():\n    """Two\n    words."""', "def f():\n    'Twò\\n    wòrdš.'"),
        ("a = '≈ é'; f('to be')", "a = '≈ é'; f('tò·bè')"),
    ],
)
def test_what_is_changed(source, changed):
    assert plain(pseudo.translated(source, DISEASES)[0]) == plain(changed)


def test_comments_are_changed():
    source = "x = 1  # how many\n# of them"
    assert pseudo.translated(source)[0] == "x = 1  # hòw·màñý\n# òf·thèm"


def test_the_counts_are_of_texts_and_comments():
    assert pseudo.translated("f('to be', f'{x} to be', 'be')  # why")[1:] == (2, 1)


@pytest.mark.parametrize(
    ("text", "column"), [("loss", "loss    |"), ("损失", "损失    |"), ("šùm", "šùm     |")]
)
def test_a_column_is_as_wide_in_any_script(text, column):
    assert padded(text, 8) + "|" == column
