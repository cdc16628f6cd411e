"""The exercises of a lesson: solutions filled in or taken out, and a learner's answers judged:

    python tools/solutions.py fill  notebooks/01_logistic_regression.ipynb  filled.ipynb
    python tools/solutions.py strip notebooks/01_logistic_regression.ipynb  handout.ipynb
    python tools/solutions.py strip --nbgrader notebooks/01_logistic_regression.ipynb  source.ipynb
    python tools/solutions.py judge notebooks/01_logistic_regression.ipynb  handed_in/*.ipynb

fill puts each solution in the place of its stub, strip removes the folded solutions. With
--nbgrader they go into their stubs, between the marks at which `nbgrader generate_assignment` takes
them out, and every check is a test cell of one point. judge runs every notebook that was handed in,
which is their code on your machine, and prints a table with a line for each exercise. An exercise
is a cell tagged `exercise`, a cell tagged `check`, and a text cell that begins with the folded hint
and the folded solution, one block of Python.
"""

import glob
import pathlib
import re
import sys

import nbformat
import record
from nbclient.exceptions import CellTimeoutError, DeadKernelError

FOLDED = r"<details>\s*<summary>{}</summary>(.*?)</details>\n*"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
# not in the copy that a learner gets, there again when nbgrader grades: any verdict but "right"
# raises, which is how nbgrader tells what is wrong
STRICT = """### BEGIN HIDDEN TESTS
import os

os.environ["DLCOURSE_STRICT"] = "1"
### END HIDDEN TESTS
"""


def folded(cell, name):
    """What stands folded under `name` in a text cell: a list of texts."""
    return re.findall(
        FOLDED.format(name), cell.source if cell.cell_type == "markdown" else "", re.DOTALL
    )


def exercises(notebook):
    """(stub cell, check cell, text cell, code of the solution) for every exercise.

    ValueError: for one that is incomplete.
    """
    found = []
    cells = [*notebook.cells, *[nbformat.v4.new_raw_cell()] * 2]
    for i, cell in enumerate(notebook.cells):
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        check, text = cells[i + 1 : i + 3]
        blocks = [
            block for solution in folded(text, "Solution") for block in BLOCK.findall(solution)
        ]
        if "check" not in check.metadata.get("tags", []):
            raise ValueError(f"exercise {cell.id}: the cell after it is not tagged check")
        if len(folded(text, "Hint")) != 1:
            raise ValueError(f"exercise {cell.id}: the cell after its check holds no folded Hint")
        if len(blocks) != 1:
            raise ValueError(
                f"exercise {cell.id}: the cell after its check holds {len(blocks)} blocks "
                "of Python as Solution, not 1"
            )
        found.append((cell, check, text, blocks[0].rstrip("\n")))
    return found


def fill(notebook):
    """Put each solution in the place of its stub.

    The outputs of that cell and of its check are no longer true, and are removed.
    """
    for stub, check, _, code in exercises(notebook):
        stub.source = code
        for cell in (stub, check):
            cell.outputs, cell.execution_count = [], None
    return notebook


def strip(notebook):
    """Remove the folded solutions; hints stay."""
    return without_solutions(notebook, exercises(notebook))


def without_solutions(notebook, found):
    """The notebook without the folded solutions of these exercises."""
    for _, _, text, _ in found:
        text.source = re.sub(FOLDED.format("Solution"), "", text.source, flags=re.DOTALL).strip()
    return notebook


def for_nbgrader(notebook):
    """The notebook as a source of nbgrader: what `strip` leaves, solutions between its marks.

    Outputs of exercises and checks are removed; what else nbgrader needs to know of a cell is in
    its metadata, see `graded`.
    """
    found = exercises(notebook)
    for stub, check, _, code in found:
        name = check.source.partition("(")[0].rpartition(".")[2]
        stub.source = marked(stub.source, code)
        stub.metadata["nbgrader"] = graded(f"answer_{name.removeprefix('check_')}", solution=True)
        check.source = STRICT + check.source
        check.metadata["nbgrader"] = graded(name, grade=True, locked=True, points=1)
        for cell in (stub, check):
            cell.outputs, cell.execution_count = [], None
    return without_solutions(notebook, found)


def marked(stub, code):
    """The stub with its solution between nbgrader's marks.

    A solution that begins with the stub's own `def` goes in below the stub's docstring; any other
    one, whole, below the stub.
    """
    head, _, body = code.partition("\n")
    inside = "    " if stub.startswith(f"{head}\n") and head.startswith("def ") else ""
    solution = body if inside else code
    return f"{stub}\n{inside}### BEGIN SOLUTION\n{solution}\n{inside}### END SOLUTION"


def graded(grade_id, **more):
    """nbgrader's metadata of a cell, in the third version of its schema."""
    told = {"grade": False, "grade_id": grade_id, "locked": False, "schema_version": 3}
    return {**told, "solution": False, "task": False, **more}


def judge(handed_in, lesson, folder):
    """{the lesson's check: what it printed in the notebook handed in}.

    Errors elsewhere do not stop the run; a cell that takes too long, or ends Python, does.
    """
    for cell in handed_in.cells:
        cell.metadata["tags"] = ["raises-exception"]
        cell.outputs = []
    silence = "the cell of this check printed nothing"
    try:
        record.execute(handed_in, folder)
    except CellTimeoutError:
        silence = "not run: a cell above it, or it, took too long"
    except DeadKernelError:
        silence = "not run: a cell above it, or it, ended Python"
    said = {
        cell.source.strip(): cell.outputs for cell in handed_in.cells if cell.cell_type == "code"
    }
    verdicts = {}
    for _, check, _, _ in exercises(lesson):
        outputs = said.get(
            check.source.strip(), [{"text": "the cell of this check is missing, or was changed"}]
        )
        words = [
            output.get("text", "")
            if output.get("output_type") != "error"
            else f"stops with {output.ename}: {output.evalue}"
            for output in outputs
        ]
        lines = "".join(words).strip().splitlines()
        verdicts[check.source.strip()] = lines[-1] if lines else silence
    return verdicts


def table(handed_in, lesson, folder):
    """Print what `judge` says of each of the files, as a table of Markdown.

    A file that is no notebook has a line that says so.
    """
    print("| notebook | check | verdict |\n|---|---|---|")
    for path in handed_in:
        try:
            verdicts = judge(nbformat.read(path, 4), lesson, folder)
        except ValueError as error:
            verdicts = {"": f"cannot be read: {str(error).splitlines()[0]}"}
        for check, verdict in verdicts.items():
            cells = (path, f"`{check}`" if check else "", verdict)
            print("|", " | ".join(cell.replace("|", "\\|") for cell in cells), "|", flush=True)


def main(arguments):
    what, *paths = arguments or [""]
    for_them = what == "strip" and "--nbgrader" in paths
    if for_them:
        paths.remove("--nbgrader")
    many = len(paths) >= 2 if what == "judge" else len(paths) == 2
    if what not in ("fill", "strip", "judge") or not many:
        sys.exit(__doc__)
    path, *others = paths
    try:
        lesson = nbformat.read(path, 4)
        if what == "judge":
            handed_in = sorted(name for pattern in others for name in glob.glob(pattern))
            if not handed_in:
                sys.exit(f"judge found no notebook: {' '.join(others)}")
            table(handed_in, lesson, pathlib.Path(path).parent)
        else:
            made = {"fill": fill, "strip": for_nbgrader if for_them else strip}[what](lesson)
            nbformat.write(made, others[0])
    except ValueError as error:
        sys.exit(f"{path}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
