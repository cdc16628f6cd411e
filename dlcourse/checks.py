"""What an argument must be. `takes` begins the error: who takes what; the value that came instead ends it."""

import numbers

import numpy as np

POSITIVE, BELOW_1 = float(np.nextafter(0, 1)), float(np.nextafter(1, 0))  # the neighbours of 0 and 1: open ends of a range
LARGEST = float(np.finfo(float).max)


def check_number(takes, value, low=0, high=LARGEST, kind=numbers.Real):
    """TypeError unless value is a number of this kind, ValueError unless low <= value <= high."""
    if isinstance(value, bool) or not isinstance(value, kind):
        raise TypeError(f"{takes}, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{takes}, got {value!r}")


def check_whole(takes, value, low=0, high=np.inf):
    """TypeError unless value is a whole number, ValueError unless low <= value <= high."""
    check_number(takes, value, low, high, numbers.Integral)


def check_flag(takes, value):
    """TypeError unless value is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{takes} as True or False, got {type(value).__name__}")


def check_has(takes, thing, *names):
    """TypeError unless thing is an object with these methods and attributes; a class lacks its parentheses."""
    if isinstance(thing, type):
        raise TypeError(f"{takes}, got the class {thing.__name__}: make an object of it with {thing.__name__}(...)")
    if not all(hasattr(thing, name) for name in names):
        raise TypeError(f"{takes}, an object with {', '.join(names)}, got {type(thing).__name__}")


def real_array(who, name, a):
    """a as an array; a ragged list is a ValueError, anything but real numbers a TypeError. Called for every batch and layer."""
    try:
        a = np.asarray(a)
    except ValueError:
        raise ValueError(f"{who} takes {name} with rows of one length, got a ragged list") from None
    if a.dtype.kind not in "fiub":
        raise TypeError(f"{who} takes {name} of real numbers, got dtype {a.dtype}")
    return a


def check_finite(who, name, a):
    """ValueError where a, which is not empty, holds NaN or infinity; allocates nothing."""
    with np.errstate(invalid="ignore"):
        if not np.isfinite([a.min(), a.max()]).all():
            raise ValueError(f"{who} takes finite numbers, but {name} holds NaN or infinity: find them with np.isfinite({name})")
