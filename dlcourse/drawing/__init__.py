"""What pictures are made of.

Their style, the scenes of the lessons, and a canvas that is fast enough for a slider.
"""
