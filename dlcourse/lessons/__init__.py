"""One room for each lesson: its drawings, films of a training, sweeps over seeds.

The notebooks hold the ideas.
"""


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
