"""What pictures are made of.

Style, sheet, scenes, schematics, strip, units, instrument, and a canvas fast enough for a slider.
"""
