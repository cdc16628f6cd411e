"""What pictures are made of: style, sheet, scenes, schematics, strip, units, instrument, and a canvas fast enough for sliders."""
