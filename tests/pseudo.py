"""A notebook in a language that nobody speaks: what is said in it is changed, what it does is not.

A translator replaces texts and comments. Code stops there that counts spaces, asks for ASCII, or
looks a label up in a table. `translated` does the same to the code of a cell.

A text is a string that has a word and a space, or two words and a hyphen between them ("about 30",
"the end", "cross-entropy"), and that is no program of several lines; a word is two letters or more,
both small. What stands where a text is expected is one however short it is: in `claim`, `predict`
and `answer`, as a `description`, `title` or `alt`, and in a list called `choices`. An f-string is
judged as a whole. So what code compares is none: names ("ReLU", "theta", "without"), formats,
colours, files, and those names of the package that have a space, which are given as `names`.

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
WORD = r"(?<![^\W\d])[^\W\d_]?[a-z]{2,}(?![^\W\d])"
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


class Said(ast.NodeVisitor):
    """The strings of a tree that are texts: `found`, the innermost f-strings first."""

    def __init__(self, names):
        self.names, self.found, self.expected = names, [], False

    def among(self, nodes, expected):
        """Visit nodes that stand where a text is expected, or is not."""
        before, self.expected = self.expected, expected
        for node in nodes:
            self.visit(node)
        self.expected = before

    def visit_Constant(self, node):
        if isinstance(node.value, str) and node.value not in self.names:
            if is_text(node.value) or self.expected and re.search(WORD, node.value):
                self.found.append(node)

    def visit_JoinedStr(self, node):
        self.among((part for part in node.values if not isinstance(part, ast.Constant)), False)
        parts = [part.value if isinstance(part, ast.Constant) else "0" for part in node.values]
        if is_text("".join(parts)) or self.expected and re.search(WORD, "".join(parts)):
            self.found.append(node)

    def visit_FormattedValue(self, node):
        self.visit(node.value)  # its format is none

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        self.visit(node.func)
        self.among(node.args, name in SAYS)
        for keyword in node.keywords:
            self.among([keyword.value], keyword.arg in NAMED)

    def visit_Subscript(self, node):
        self.among([node.value, node.slice], False)

    def visit_Dict(self, node):
        self.among([key for key in node.keys if key] + node.values, False)

    def visit_Assign(self, node):
        called = {getattr(target, "id", "") for target in node.targets}
        self.among(node.targets, False)
        self.among([node.value], bool(called & NAMED))


def said(node):
    """The source of a string, translated."""
    if isinstance(node, ast.Constant):
        return repr(foreign(node.value))
    for part in node.values:
        if isinstance(part, ast.Constant):
            part.value = foreign(part.value)
    return ast.unparse(node)


def translated(source, names=()):
    """(the source with its texts and comments translated, number of texts, number of comments)."""
    lines, changes = source.splitlines(keepends=True), []
    tree = ast.parse(source)
    texts = Said(set(names))
    texts.visit(tree)
    for node in texts.found:
        start, end = (
            (row, len(lines[row - 1].encode()[:column].decode()))  # ast counts bytes
            for row, column in (
                (node.lineno, node.col_offset),
                (node.end_lineno, node.end_col_offset),
            )
        )
        changes.append((start, end, node))
    comments = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    changes += [(token.start, token.end, token.string) for token in comments]
    written = {}
    for k, (_, _, what) in enumerate(changes):  # the innermost first, as found
        written[k] = foreign(what) if isinstance(what, str) else said(what)
    outermost = [
        k
        for k, (start, end, _) in enumerate(changes)
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in changes)
    ]
    for k in sorted(outermost, key=lambda k: changes[k][0], reverse=True):
        (first, left), (last, right), _ = changes[k]
        lines[first - 1 : last] = [lines[first - 1][:left] + written[k] + lines[last - 1][right:]]
    return "".join(lines), len(texts.found), len(comments)
