"""dlcourse: what the learner of the course has already built. One module an idea, in this order.

data          real digits, letters, the playground's points; one_hot, split, standardize
gradcheck     is backward right? ask finite differences
training      Batches, fit, History, accuracy, Probe
penalties     L1 and L2
layers        Layer, Dense, BatchNorm, Dropout: a batch forward, the gradient back
activations   Sigmoid, Tanh, ReLU; LeakyReLU, PReLU, RReLU, ELU, SELU
losses        mean squared error and two cross-entropies
network       Sequential: a stack of layers over one theta and one grad; mlp, signals, fold
initializers  how large the first random weights are
optimizers    SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam; clip_norm, clip_value
schedules     a learning rate that depends on the step, or on how the loss falls
recurrent     RNN, LSTM: layers that read a sequence, step by step; Last: what it ends with
guard         what bad input is told, and what keeps a network whole: not needed to understand it
plots         every figure, drawn from arrays onto an axes
drawing       what pictures are made of: style, scenes, a canvas that is fast enough for a slider
widgets       sliders in front of any drawing function; a progress bar
live          a training that goes on while it is watched; a pad to draw on
lessons       lesson by lesson, the drawings, films and sweeps over seeds of its notebook
exercises     lesson by lesson, the checks that name what is wrong
"""
