"""A notebook in a language that nobody speaks: what is said in it is changed, what it does is not.

A translator replaces texts and comments. Code stops there that counts spaces, asks for ASCII, or
looks a label up in a table. `translated` does the same to the code of a cell.

A text is a string that has a word and a space, or two words and a hyphen between them ("about 30",
"the end", "cross-entropy"), and that is no program of several lines. A word is two letters or more,
small but for the first, and no bracket behind them. What stands where a text is expected is one
however short it is: in `claim`, `predict` and `answer`, as a `description`, `title` or `alt`, and
in a list called `choices`. An f-string is judged as a whole. So what code compares is none: names
("ReLU", "theta", "without"), formats, colours, files, and those names of the package that have a
space, which are given as `names`.

A label that a notebook uses as a key is a text, too, and is changed alike wherever it stands there.
That is the rule this keeps: a label belongs to the notebook; where a package knows it, a translator
would have to change both.

Each vowel, and some other letters, get an accent that matplotlib's font has, and spaces between
letters become dots: a text is as wide as it was, is not ASCII and has no words. What stands between
dollars is mathematics.
"""

import ast
import io
import re
import tokenize

ACCENTS = str.maketrans("aeiouycnszAEIOUYCNSZ", "àèìòùýçñšžÀÈÌÒÙÝÇÑŠŽ")
MATHEMATICS = re.compile(r"(\$[^$]*\$)")
WORD = r"(?<![^\W\d])[^\W\d_]?[a-z]{2,}(?![^\W\d]|\()"
SPACED = re.compile(rf"{WORD}[,.:;?!)”’…]*\s+\S|\S\s+[(“‘]*{WORD}|{WORD}-{WORD}")
SAYS = {"claim", "predict", "answer"}
NAMED = {"description", "title", "alt", "choices"}


def foreign(text):
    """The text in that language, the same for the same text."""
    parts = MATHEMATICS.split(text)
    parts[::2] = [
        re.sub(r"(?<=[^\W\d_]) (?=[^\W\d_])", "·", part.translate(ACCENTS)) for part in parts[::2]
    ]
    return "".join(parts)


def is_text(value):
    """Is this string said to somebody, by what it looks like?"""
    plain = "".join(MATHEMATICS.split(value)[::2])
    return bool(SPACED.search(plain)) and not ("\n" in value.strip() and is_program(value))


def is_program(value):
    """Is this Python?"""
    try:
        ast.parse(value)
    except SyntaxError:
        return False
    return True


class Labels(dict):
    """In the place of widgets.LABELS: every control and every choice shows another text."""

    def get(self, name, default=None):
        return foreign(name)


class Translation(ast.NodeVisitor):
    """Translates the texts of a tree in place.

    `texts` is how many there were, `changed` the strings that have to be written anew. An f-string
    is written anew as a whole, also for a text inside its braces.
    """

    def __init__(self, names):
        self.names, self.changed, self.texts, self.expected = set(names), [], 0, False

    def among(self, nodes, expected):
        """Visit nodes that stand where a text is expected, or is not."""
        before, self.expected = self.expected, expected
        for node in nodes:
            self.visit(node)
        self.expected = before

    def is_said(self, value):
        return is_text(value) or bool(self.expected and re.search(WORD, value))

    def visit_Constant(self, node):
        if (
            isinstance(node.value, str)
            and node.value not in self.names
            and self.is_said(node.value)
        ):
            node.value = foreign(node.value)
            self.texts += 1
            self.changed.append(node)

    def visit_JoinedStr(self, node):
        before = len(self.changed)
        fields = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        self.among(fields, False)
        words = [part for part in node.values if isinstance(part, ast.Constant)]
        if self.is_said("".join(part.value if part in words else "0" for part in node.values)):
            for part in words:
                part.value = foreign(part.value)
            self.texts += 1
            self.changed.append(node)
        if len(self.changed) > before:
            self.changed[before:] = [node]

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        self.among([node.func], False)
        self.among(node.args, name in SAYS)
        for keyword in node.keywords:
            self.among([keyword.value], keyword.arg in NAMED)

    def visit_Subscript(self, node):
        self.among([node.value, node.slice], False)

    def visit_Dict(self, node):
        self.among([*filter(None, node.keys), *node.values], False)

    def visit_Assign(self, node):
        called = {getattr(target, "id", "") for target in node.targets}
        self.among(node.targets, False)
        self.among([node.value], bool(called & NAMED))


def translated(source, names=()):
    """(the source with its texts and comments translated, number of texts, number of comments)."""
    lines, tree, translation = (
        source.splitlines(keepends=True),
        ast.parse(source),
        Translation(names),
    )
    translation.visit(tree)

    def place(row, column):  # ast counts bytes, tokenize counts characters
        return row, len(lines[row - 1].encode()[:column].decode())

    changes = [
        (
            place(node.lineno, node.col_offset),
            place(node.end_lineno, node.end_col_offset),
            repr(node.value) if isinstance(node, ast.Constant) else ast.unparse(node),
        )
        for node in translation.changed
    ]
    comments = [
        (token.start, token.end, foreign(token.string))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    for (first, left), (last, right), text in sorted(changes + comments, reverse=True):
        lines[first - 1 : last] = [lines[first - 1][:left] + text + lines[last - 1][right:]]
    return "".join(lines), translation.texts, len(comments)
