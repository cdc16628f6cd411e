"""The exercises of a lesson: solutions filled in or taken out, and a learner's answers judged:

    python tools/solutions.py fill  notebooks/01_logistic_regression.ipynb  filled.ipynb
    python tools/solutions.py strip notebooks/01_logistic_regression.ipynb  handout.ipynb
    python tools/solutions.py judge notebooks/01_logistic_regression.ipynb  handed_in/*.ipynb

fill puts each solution in the place of its stub, strip removes the folded solutions. judge runs
every notebook that was handed in, which is their code on your machine, and prints a line for each
exercise. An exercise is a cell tagged `exercise`, a cell tagged `check`, and a text cell that
begins with the folded hint and the folded solution, one block of Python.
"""

import glob
import pathlib
import re
import sys

import nbformat
import record

FOLDED = r"<details>\s*<summary>{}</summary>(.*?)</details>\n*"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


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
    for _, _, text, _ in exercises(notebook):
        text.source = re.sub(FOLDED.format("Solution"), "", text.source, flags=re.DOTALL).strip()
    return notebook


def judge(handed_in, lesson, folder):
    """{the lesson's check: what it printed in the notebook handed in}.

    Errors elsewhere do not stop the run.
    """
    for cell in handed_in.cells:
        cell.metadata["tags"] = ["raises-exception"]
        cell.outputs = []
    record.execute(handed_in, folder)
    said = {
        cell.source.strip(): cell.outputs for cell in handed_in.cells if cell.cell_type == "code"
    }
    verdicts = {}
    for _, check, _, _ in exercises(lesson):
        outputs = said.get(
            check.source.strip(), [{"text": "the cell of this check is missing, or was changed"}]
        )
        words = [
            output.get("text") or f"stops with {output.get('ename')}: {output.get('evalue')}"
            for output in outputs
        ]
        verdicts[check.source.strip()] = "".join(words).strip().splitlines()[-1]
    return verdicts


def main(arguments):
    if (
        len(arguments) < 3
        or arguments[0] not in ("fill", "strip", "judge")
        or (arguments[0] != "judge" and len(arguments) > 3)
    ):
        sys.exit(__doc__)
    what, path, *others = arguments
    try:
        lesson, folder = nbformat.read(path, 4), pathlib.Path(path).parent
        if what == "judge":
            for path in sorted(name for pattern in others for name in glob.glob(pattern)):
                for check, verdict in judge(nbformat.read(path, 4), lesson, folder).items():
                    print(f"{path}  {check}  {verdict}")
        else:
            nbformat.write({"fill": fill, "strip": strip}[what](lesson), others[0])
    except ValueError as error:
        sys.exit(f"{path}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
