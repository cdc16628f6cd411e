"""The checks of the exercises: each prints one line, and is named after the function it judges.

The line is "right", "not answered yet", or the one thing that is wrong.
They never raise, unless the environment variable DLCOURSE_STRICT is 1: then anything but "right" is
an AssertionError. A lesson's checks stand in the file of its name; how they judge, in `engine`.
"""

from dlcourse.exercises.activations import (
    check_alphas_gradient,
    check_dead_units,
    check_elu_slope,
    check_leaky_std,
)
from dlcourse.exercises.batch_normalization import (
    check_folded,
    check_normalized,
    check_row_norm_backward,
    check_share_arrived,
)
from dlcourse.exercises.before_you_start import (
    check_factor_per_step,
    check_log_of_product,
    check_mean_square,
    check_shapes,
    check_slope_of_L,
)
from dlcourse.exercises.cross_entropy import (
    check_bias_for,
    check_log_softmax,
    check_softmax_of_rows,
    check_surprise_of_sign,
    check_two_layer_gradients,
)
from dlcourse.exercises.initialization import (
    check_cures,
    check_diagnosis,
    check_he_weights,
    check_numerator,
    check_uniform_limit,
)
from dlcourse.exercises.logistic_regression import (
    check_gradient_with_bias,
    check_step_with_l2,
    check_surprise_in_bits,
    check_weighted_gradient,
)
from dlcourse.exercises.optimizers import (
    check_look_ahead_step,
    check_nesterov_step,
    check_stability_limits,
    check_uncorrected_adam,
)
from dlcourse.exercises.playground import (
    check_count_straight,
    check_parity_weights,
    check_wide_as,
    check_zigzag,
)
from dlcourse.exercises.regularization import (
    check_drop,
    check_elastic_step,
    check_stop_epoch,
    check_strength_for_half,
)
from dlcourse.exercises.rnn_forward_pass import (
    check_count_parameters,
    check_parity,
    check_read_sequence,
    check_set_and_reset,
    check_to_the_start,
)
from dlcourse.exercises.schedules import (
    check_ball_of_a_batch,
    check_first_rates,
    check_needed_r,
    check_up_then_down,
)
from dlcourse.exercises.shallow_network import (
    check_all_gradients,
    check_layer_without_loop,
    check_scale_backward,
    check_xor_by_hand,
)
from dlcourse.exercises.through_time import (
    check_bias_for_share,
    check_clip_both,
    check_keep_the_first,
    check_leaky_gradient,
    check_sum_over_steps,
)
from dlcourse.exercises.vanishing_gradient import (
    check_first_over_last,
    check_hard_tanh_backward,
    check_level_std,
)
from dlcourse.exercises.your_handwriting import (
    check_at_most,
    check_brought,
    check_centre_of,
    check_moved_right,
)
