"""How a check judges: it asks an answer at several points and prints one line.

Most checks are data, an `Exercise`: what is given, the right formula, and the formulas of the known
mistakes. A check that needs more than formulas is a function under `@judged`.
"""

import copy
import dis
import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

RIGHT, BLANK = "right", "not answered yet"


@dataclass(eq=False)
class Exercise:
    """A check of a function that the learner writes; call it with that function.

    about      the lesson and what it asks
    given      the points at which the answer is asked, a list: the arguments of each in a tuple
    right      the right formula, a function of these arguments
    mistakes   {sentence: the formula with this mistake, or a list of such formulas}
    shape      the sentence for a result of another shape
    otherwise  the sentence for any other wrong numbers; or {sentence: index into the result},
               for the first part of the result that is wrong
    unwanted   {sentence: does an answer whose numbers are right do this? a function of the answer}
    then       an Exercise that only an answer meets which is right so far, such as large numbers
    rtol       how far a number may lie from the right one, relative to it

    A mistake is named where the answer agrees with its formula at every point.
    """

    about: str
    given: list[tuple]
    right: Callable
    mistakes: dict[str, Callable | list[Callable]]
    shape: str
    otherwise: str | dict
    unwanted: dict[str, Callable] = field(default_factory=dict)
    then: "Exercise | None" = None
    rtol: float = 1e-6

    def __call__(self, answer):
        """Print the verdict on an answer."""
        with np.errstate(all="ignore"):
            verdict = self.verdict(answer)
        announce(self.about, verdict)

    def verdict(self, answer):
        """The line that the check prints, without printing it."""
        found = self.ask(answer)
        if any(one is None for one in found):
            return BLANK
        right = self.ask(self.right)
        if self.agree(found, right):
            return self.beyond_numbers(answer)
        for sentence, formulas in self.mistakes.items():
            for formula in formulas if isinstance(formulas, list) else [formulas]:
                if self.agree(found, self.ask(formula)):
                    return sentence
        for one in found:
            if isinstance(one, Exception):
                return stopped(one)
        if any(one.shape != other.shape for one, other in zip(found, right, strict=True)):
            return self.shape
        parts = {self.otherwise: ...} if isinstance(self.otherwise, str) else self.otherwise
        for sentence, part in parts.items():
            if not self.agree([one[part] for one in found], [one[part] for one in right]):
                return sentence

    def beyond_numbers(self, answer):
        """The verdict on an answer whose numbers are right."""
        for sentence, does_this in self.unwanted.items():
            if does_this(answer):
                return sentence
        return self.then.verdict(answer) if self.then else RIGHT

    def ask(self, function):
        """What a function makes of each point: arrays; None or an exception where it makes none."""
        return [numbers(function, given) for given in self.given]

    def agree(self, found, made):
        """Do two functions make the same of every point?"""
        return all(map(functools.partial(same, rtol=self.rtol), found, made))


def numbers(function, given):
    """A fresh float array of what a function makes of copies of what is given."""
    try:
        made = function(*copy.deepcopy(given))
    except Exception as error:
        return error
    if made is None:
        return None
    try:
        return np.array(made, float)
    except Exception:
        return np.empty(0)  # not numbers: told as a wrong shape


def same(a, b, rtol=1e-6):
    """Do two results agree? Where one is infinite or nan, the other must be one of these, too."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b)
    if np.shape(a) != np.shape(b):
        return False
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    return np.allclose(np.asarray(a)[finite], np.asarray(b)[finite], rtol=rtol, atol=1e-9)


def has_loop(function):
    """Does the code of a function loop: for, while, a comprehension, or a loop in disguise?"""
    return loops(getattr(function, "__code__", None))


def loops(code):
    """Does a code object, or one inside it, jump back or call what loops for it?"""
    if not inspect.iscode(code):
        return False
    if {"map", "vectorize", "apply_along_axis", "fromiter"} & set(code.co_names):
        return True
    if any("JUMP_BACKWARD" in step.opname for step in dis.get_instructions(code)):
        return True
    return any(loops(inner) for inner in code.co_consts)


class Wrong(Exception):
    """Ends a check that is a function; its text is the line to print."""


def wrong_if(condition, sentence):
    """End the check with this sentence where the condition holds."""
    if condition:
        raise Wrong(sentence)


def judged(check):
    """Make a function that calls `wrong_if` for all it knows into a check that prints one line."""

    @functools.wraps(check)
    def prints_one_line(*answers):
        try:
            with np.errstate(all="ignore"):
                check(*answers)
            verdict = RIGHT
        except Wrong as known:
            verdict = str(known)
        except Exception as error:
            verdict = stopped(error)
        announce(check.__doc__, verdict)

    return prints_one_line


def stopped(error, who="your function"):
    """The line for an answer that raises; a stub of nbgrader's raises NotImplementedError."""
    if isinstance(error, NotImplementedError):
        return BLANK
    return f"{who} stops with {type(error).__name__}: {error}".splitlines()[0]


def announce(about, verdict):
    """Print a verdict; AssertionError for any but RIGHT where DLCOURSE_STRICT is 1."""
    print(verdict)
    if verdict != RIGHT and os.environ.get("DLCOURSE_STRICT") == "1":
        raise AssertionError(f"{about} {verdict}")
