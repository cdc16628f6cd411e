"""One room for each lesson: its drawings, films of a training, sweeps over seeds.

The notebooks hold the ideas.
"""

from dlcourse import data, plots
from dlcourse.drawing.strip import PARTS, strip


def claim(sentence, truth):
    """Print "✓ sentence" where truth is true, else raise an AssertionError that is the sentence.

    A claim stands after the picture or table that shows it. ValueError for a truth of more than one
    number (say all or any of what), TypeError for a sentence that is not text.
    """
    if not isinstance(sentence, str):
        raise TypeError(f"claim takes the sentence first, then its truth, got {sentence!r}")
    if not truth:
        raise AssertionError(sentence)
    print("✓", sentence)


def show_strip(*parts):
    """Show the course's network, reading a letter, with these parts of it in ink.

    parts: keys of drawing.strip.PARTS, such as "neuron", "hidden" or "loss".
    """
    letter = data.letters(1, seed=1)[0].reshape(17, 17)
    words = ", ".join(PARTS[part] for part in parts)
    alt = f"The course's network, from a letter to the loss. In ink, as the lesson's part: {words}."
    plots.show(strip(parts, letter), alt)
