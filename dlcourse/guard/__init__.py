"""The doors: what bad input is told, and what keeps a network whole. No idea of the course is here.

checks     `takes`: what an argument must be, and the sentence for one that is something else
shapes     the same for a batch, quickly: `takes_x`, `takes_dy`
views      every layer's W and dW are parts of the network's theta and grad
vectors    the length of a vector, whether it is still the same one, its rows a chunk at a time
diagnosis  what `fit` refuses, and why a step cannot be taken
files      save and load
browser    in a browser, a kernel of C++ for products of matrices and exponentials
"""
