"""What pictures are made of: style, scenes, schematics, units, the instrument, and a canvas fast enough for a slider."""
