"""Which cells a panel needs: found, and written into the metadata of the panel's cell:

    python tools/needs.py notebooks/*.ipynb

In the book a panel is moved after these cells have run and no others, so that nobody waits for a
training that it does not show. Nothing else of the notebook changes. A lesson runs whole, then each
panel is made again from few cells: those that define the names it uses, the names that these use,
and so on. Where its pictures are not those of the whole lesson, an object was changed in place
after it was made: then every cell that touches a name counts, and those that can be left out are.
A panel with a control that the book cannot show, a pad or a training that plays, gets no list.
"""

import ast
import base64
import contextlib
import glob
import os
import pathlib
import symtable
import sys

import nbformat
import record

sys.path.insert(0, str(pathlib.Path(__file__).parent / "site"))
import panels

from dlcourse import live


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _tags(cell):
    return cell.metadata.get("tags", [])


def _symbols(node):
    """(names used when this runs, names it gives a value, names its functions use when called)."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    inner, later = list(table.get_children()), set()
    while inner:
        one = inner.pop()
        inner += one.get_children()
        later |= {s.get_name() for s in one.get_symbols() if s.is_global() and s.is_referenced()}
    symbols = table.get_symbols()
    used = {s.get_name() for s in symbols if s.is_referenced()}
    given = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    if isinstance(node, FUNCTIONS):
        return used, given, later
    return used | later, given, set()  # a comprehension or a lambda, used at once


FUNCTIONS = (ast.FunctionDef, ast.ClassDef)


def wanted_before(statements, wanted, functions):
    """The names that must have a value before the statements, for `wanted` to have theirs after.

    functions: {name: the names that it uses when it is called}, for the names that are functions.
    """
    for statement in reversed(statements):
        if isinstance(statement, ast.For):
            target, inside = _symbols(statement.target)[0], statement.body + statement.orelse
            wanted = wanted | wanted_before(inside, wanted, functions) - target
            used = _symbols(statement.iter)[0]
        elif isinstance(statement, ast.If):
            ways = (statement.body, statement.orelse)
            wanted = set().union(*(wanted_before(way, wanted, functions) for way in ways))
            used = _symbols(statement.test)[0]
        else:
            used, given, _ = _symbols(statement)
            if not isinstance(statement, ast.AugAssign):
                wanted = wanted - given
        wanted = wanted | _reached(used, functions)
    return wanted


def _reached(names, functions):
    """These names, and those that functions among them use."""
    found, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += functions.get(name, ())
    return found


def slice_of(cells, panel, touching=False):
    """The ids of the cells before `panel` that define what it uses, in their order.

    touching: also those that use such a name at all, as they may change what it stands for. The
    setup cell, the first, is always among them.
    """
    bodies = [ast.parse(cell.source).body for cell in cells[: cells.index(panel) + 1]]
    functions = [{}]  # as known before each cell
    for body in bodies:
        defined = {s.name: _symbols(s)[2] for s in body if isinstance(s, FUNCTIONS)}
        functions.append({**functions[-1], **defined})
    wanted, found = wanted_before(bodies[-1], set(), functions[-1]), []
    modules = set().union(*(_symbols(statement)[1] for statement in bodies[0]))
    for place in reversed(range(len(bodies) - 1)):
        used, given = set(), set()
        for statement in bodies[place]:
            symbols = _symbols(statement)
            used, given = used | symbols[0], given | symbols[1]
        touched = given | (used - modules) if touching else given
        if touched & wanted or place == 0:
            found.append(cells[place].id)
            wanted = wanted_before(bodies[place], wanted, functions[place + 1])
    return found[::-1]


def pictures(shown):
    """The picture of a panel, and what it becomes as each control is moved once and back."""
    found = [shown.png]
    for name, control in shown.panel.controls.items():
        start, values = control.value, [value for _, value in shown.choices[name]]
        control.value = values[0] if values[0] != start else values[-1]
        found.append(shown.png)
        control.value = start
    return found


def alike(found, expected):
    """Do these pictures look the same, one by one?

    A training that is run again may differ in its last digits: NumPy sums in another order where
    an array begins at another address.
    """
    if found is None or len(found) != len(expected):
        return False
    texts = [[base64.b64encode(png).decode() for png in pngs] for pngs in (found, expected)]
    return all(map(record.look_the_same, *texts))


def remade(text, panel, needs):
    """The pictures of a panel when only the cells of `needs` have run; None where that fails."""
    lesson = panels.Lesson(text)
    try:
        for name in needs:
            lesson.run(name)
        return pictures(lesson.panel(panel))
    except Exception:
        return None


def needs_of(notebook):
    """{id of a panel's cell: the ids of the cells it needs}; run in the notebook's folder."""
    cells, text, whole = code_cells(notebook), nbformat.writes(notebook), {}
    lesson, found = panels.Lesson(text), {}
    for cell in cells:
        try:
            if "widget" in _tags(cell):
                whole[cell.id] = lesson.run(cell.id)
            else:
                lesson.run(cell.id)
        except Exception:
            if "raises-exception" not in _tags(cell):
                raise
    for cell in cells:
        if cell.id not in whole or isinstance(whole[cell.id], live.Live):
            continue
        with contextlib.suppress(LookupError):
            expected = pictures(panels.Shown(whole[cell.id]))
            found[cell.id] = _smallest(cells, text, cell, expected)
    return found


def _smallest(cells, text, panel, expected):
    few = slice_of(cells, panel)
    if alike(remade(text, panel.id, few), expected):
        return few
    needs = slice_of(cells, panel, touching=True)
    if not alike(remade(text, panel.id, needs), expected):
        sys.exit(f"cell {panel.id} shows other pictures when only {needs} have run before it")
    for name in [name for name in needs if name not in few]:
        fewer = [other for other in needs if other != name]
        if alike(remade(text, panel.id, fewer), expected):
            needs = fewer
    return needs


def write(path):
    """Find the needs of every panel of a notebook, and store them in it."""
    path = pathlib.Path(path).resolve()
    notebook = nbformat.read(path, 4)
    with contextlib.chdir(path.parent):
        found = needs_of(notebook)
    for cell in code_cells(notebook):
        cell.metadata.pop(panels.ABOUT, None)
        if cell.id in found:
            cell.metadata[panels.ABOUT] = {"needs": found[cell.id]}
    temporary = path.with_suffix(".recording")
    try:
        temporary.write_text(record.written(notebook), encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def main(patterns):
    if not patterns or any(pattern.startswith("-") for pattern in patterns):
        sys.exit(__doc__)
    # no Windows shell expands *
    for path in [path for p in patterns for path in sorted(glob.glob(p)) or [p]]:
        write(path)


if __name__ == "__main__":
    main(sys.argv[1:])
