"""The exercises of a lesson, with their solutions filled in or taken out:

    python tools/solutions.py fill  notebooks/01_logistic_regression.ipynb  filled.ipynb
    python tools/solutions.py strip notebooks/01_logistic_regression.ipynb  handout.ipynb

fill puts each solution in the place of its stub, strip removes the folded solutions. An exercise is a cell tagged `exercise`,
a cell tagged `check`, and a text cell that begins with the folded hint and the folded solution, one block of Python.
"""

import re
import sys

import nbformat

FOLDED = r"<details>\s*<summary>{}</summary>(.*?)</details>\n*"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def folded(cell, name):
    """What stands folded under `name` in a text cell: a list of texts."""
    return re.findall(FOLDED.format(name), cell.source if cell.cell_type == "markdown" else "", re.DOTALL)


def exercises(notebook):
    """(stub cell, check cell, text cell, code of the solution) for every exercise; ValueError for one that is incomplete."""
    found = []
    cells = [*notebook.cells, *[nbformat.v4.new_raw_cell()] * 2]
    for i, cell in enumerate(notebook.cells):
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        check, text = cells[i + 1 : i + 3]
        blocks = [block for solution in folded(text, "Solution") for block in BLOCK.findall(solution)]
        if "check" not in check.metadata.get("tags", []):
            raise ValueError(f"exercise {cell.id}: the cell after it is not tagged check")
        if len(folded(text, "Hint")) != 1:
            raise ValueError(f"exercise {cell.id}: the cell after its check holds no folded Hint")
        if len(blocks) != 1:
            raise ValueError(
                f"exercise {cell.id}: the cell after its check holds {len(blocks)} blocks of Python as Solution, not 1"
            )
        found.append((cell, check, text, blocks[0].rstrip("\n")))
    return found


def fill(notebook):
    """Put each solution in the place of its stub; the outputs of that cell and of its check are no longer true."""
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


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in ("fill", "strip"):
        sys.exit(__doc__)
    change = {"fill": fill, "strip": strip}[arguments[0]]
    try:
        changed = change(nbformat.read(arguments[1], 4))
    except ValueError as error:
        sys.exit(f"{arguments[1]}: {error}")
    nbformat.write(changed, arguments[2])


if __name__ == "__main__":
    main(sys.argv[1:])
