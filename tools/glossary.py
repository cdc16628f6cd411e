"""The words of all lessons in one list:

    python tools/glossary.py           writes notebooks/GLOSSARY.md

A lesson lists the words that it explains in a table | word | meaning | under the heading "New
words", and sets each of them in *italics* where it first stands, in a text cell above. Two names
of one thing share a row, "unit, neuron"; one of them, or its plural, is in italics. A word that
two lessons explain keeps the first meaning, and the second lesson is named, too. A lesson without
that heading has no words in the list.

The list names lesson and section. Its links lead to the lesson: GitHub shows a notebook without
anchors, so a link to a heading would arrive in one place and not in the other.
"""

import pathlib
import re
import sys
from dataclasses import dataclass, field

import nbformat

FOLDER = pathlib.Path(__file__).parents[1] / "notebooks"
HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
ITALICS = re.compile(r"(?<![\w*\\])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])")
NOT_READ = re.compile(r"<details>.*?</details>|```.*?```|\$\$.*?\$\$|`[^`\n]*`", re.DOTALL)
TITLE = """# Glossary

The words that the lessons explain, each with the section where it first stands. (Made of the
tables “New words” of the lessons, by `python tools/glossary.py`.)

| word | meaning | explained in |
|---|---|---|
"""


@dataclass
class Entry:
    """A word and its meaning, and where it first stands in each lesson that explains it."""

    word: str
    meaning: str
    places: list = field(default_factory=list)  # (path of the notebook, section)

    def row(self):
        """The entry as a row of the glossary."""
        links = [
            f"[Lesson {int(path.name[:2])}]({path.name}), “{section}”"
            for path, section in self.places
        ]
        return f"| {self.word} | {self.meaning} | {'; '.join(links)} |"


def names(word):
    """The names in a row's first cell, in small letters, without the sign that a thing has.

    "Learning rate, lr" is learning rate and lr, "loss L" is loss, "network (RNN)" network and RNN.
    """
    parts = [part.strip() for part in re.split(r"[,()]", word.casefold()) if part.strip()]
    return [re.sub(r" \S$", "", part) for part in parts]


def sections(notebook):
    """(heading, text) for each section of a notebook; what stands above the first has "title"."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    parts = HEADING.split(text)
    headings = ["title", *(heading.removesuffix("(core)").strip() for heading in parts[1::2])]
    return list(zip(headings, parts[::2], strict=True))


def rows(text):
    """The rows of the tables in a text, each a list of its cells."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def first_places(parts):
    """{what is in italics, in small letters: the section where it first is}.

    What is folded, code and equations are left out.
    """
    places = {}
    for heading, text in parts:
        for word in ITALICS.findall(NOT_READ.sub(" ", text)):
            places.setdefault(word.casefold(), heading)
    return places


def read(path):
    """(entries of a lesson's table, what is wrong with it, a sentence each)."""
    parts = sections(nbformat.read(path, 4))
    where = [k for k, (heading, _) in enumerate(parts) if heading == "New words"]
    if not where:
        return [], []
    if len(where) > 1:
        return [], [f"{path.name} has {len(where)} sections “New words”: put the words into one"]
    head, *table = rows(parts[where[0]][1]) or [[]]
    if head != ["word", "meaning"] or len(table) < 2:
        return [], [f"{path.name}: “New words” holds no table | word | meaning |"]
    places = first_places(parts[: where[0]])
    entries, wrong = [], []
    for row in table[1:]:
        if len(row) != 2 or not all(row):
            wrong.append(f"{path.name}: the row “{' | '.join(row)}” is not a word and its meaning")
            continue
        word, meaning = row[0].strip("*"), row[1].rstrip(".") + "."
        known = [name + end for name in names(word) for end in ("", "s") if name + end in places]
        section = places[known[0]] if known else None
        if section is None:
            wrong.append(f"{path.name}: “{word}” stands nowhere above the table in *italics*")
        else:
            entries.append(Entry(word, meaning, [(path, section)]))
    return entries, wrong


def gather(folder=FOLDER):
    """(entries of all lessons by alphabet, what is wrong, a sentence each)."""
    found, known, wrong = [], {}, []
    for path in sorted(folder.glob("*.ipynb")):
        entries, problems = read(path)
        wrong += problems
        for entry in entries:
            before = known.get(names(entry.word)[0])
            if before is None:
                found.append(entry)
            elif before.places[-1][0] == path:
                wrong.append(f"{path.name}: “{entry.word}” stands in the table twice")
            else:
                before.places += entry.places
            for name in names(entry.word):
                known.setdefault(name, before or entry)
    return sorted(found, key=lambda entry: entry.word.casefold()), wrong


def written(entries):
    """The text of the glossary."""
    return TITLE + "".join(f"{entry.row()}\n" for entry in entries)


def main():
    entries, wrong = gather()
    if wrong:
        sys.exit("\n".join(wrong))
    path = FOLDER / "GLOSSARY.md"
    path.write_text(written(entries), encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(entries)} words")


if __name__ == "__main__":
    main()
