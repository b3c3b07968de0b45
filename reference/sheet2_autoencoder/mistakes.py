"""Wrong implementations that students write: `<item>__<mistake>`, the docstring is what they read.

Each is right but for the one thing that it is named for.
"""

import itertools

import numpy as np

from helpers.quiet import tf
from reference.sheet2_autoencoder import reference as right
from reference.sheet2_autoencoder.reference import decoder, encoder, variable, variables_of

# ── normal_init ──────────────────────────────────────────────────────────────────────────────


def _layer(W, b):
    return variable(W), variable(b)


def _normal(*shape):
    return np.random.default_rng().normal(size=shape)


def normal_init__uniform_from_0_to_1(n_in, n_out):
    """The numbers are uniform between 0 and 1 (rand in place of randn): all of them positive."""
    return _layer(tf.random.uniform((n_in, n_out)), tf.random.uniform((n_out,)))


def normal_init__uniform_around_0(n_in, n_out):
    """The numbers are uniform between -1 and 1 where normal ones are expected."""
    draws = np.random.default_rng().uniform(-1, 1, size=(n_in + 1, n_out))
    return _layer(draws[:-1], draws[-1])


def normal_init__another_spread(n_in, n_out):
    """Mean and standard deviation are not those of N(0, 1)."""
    return _layer(2 * _normal(n_in, n_out), 2 * _normal(n_out))


def normal_init__another_distribution(n_in, n_out):
    """Mean and standard deviation are right, but the numbers are not normal."""
    draws = np.random.default_rng().uniform(-np.sqrt(3), np.sqrt(3), size=(n_in + 1, n_out))
    return _layer(draws[:-1], draws[-1])


def normal_init__truncated(n_in, n_out):
    """A truncated normal has no number beyond 2 standard deviations, and a smaller spread."""
    return _layer(tf.random.truncated_normal((n_in, n_out)), tf.random.truncated_normal((n_out,)))


def normal_init__keras_default_spread(n_in, n_out):
    """The standard deviation is 0.05, which is what Keras takes where none is given."""
    initializer = tf.keras.initializers.RandomNormal
    return _layer(initializer()((n_in, n_out)), initializer()((n_out,)))


def normal_init__xavier_spread(n_in, n_out):
    """The weights are scaled as Xavier's are; here the standard deviation is 1 at every size."""
    return _layer(_normal(n_in, n_out) * np.sqrt(2 / (n_in + n_out)), _normal(n_out))


def normal_init__constant(n_in, n_out):
    """All numbers are the same: no two neurons would ever learn different things."""
    return _layer(np.zeros((n_in, n_out)), np.zeros(n_out))


def normal_init__biases_of_0(n_in, n_out):
    """The biases are 0; they are drawn like the weights here."""
    return _layer(_normal(n_in, n_out), np.zeros(n_out))


def normal_init__one_bias_for_all(n_in, n_out):
    """One number is drawn and stands in all biases; each of them needs a draw of its own."""
    return _layer(_normal(n_in, n_out), np.full(n_out, _normal(1)[0]))


def normal_init__bias_repeats_weights(n_in, n_out):
    """The biases repeat a row of the weights; they need draws of their own."""
    W = _normal(n_in, n_out)
    return _layer(W, W[0])


def normal_init__one_row_for_all(n_in, n_out):
    """One row is drawn and repeated for every input."""
    return _layer(np.tile(_normal(n_out), (n_in, 1)), _normal(n_out))


def normal_init__same_on_every_call(n_in, n_out):
    """Every call returns the same numbers: a seed, or an initialiser object that is used again."""
    draws = np.random.default_rng(0).normal(size=(n_in + 1, n_out))
    return _layer(draws[:-1], draws[-1])


def normal_init__weights_transposed(n_in, n_out):
    """W has the shape (n_out, n_in): the axes are the wrong way round."""
    return _layer(_normal(n_out, n_in), _normal(n_out))


def normal_init__bias_per_input(n_in, n_out):
    """There is a bias for every input where one for every output is expected."""
    return _layer(_normal(n_in, n_out), _normal(n_in))


def normal_init__bias_is_a_row(n_in, n_out):
    """The biases have the shape (1, n_out) where (n_out,) is expected."""
    return _layer(_normal(n_in, n_out), _normal(1, n_out))


def normal_init__bias_missing(n_in, n_out):
    """Only the weights are returned; a layer is a pair (W, b)."""
    return variable(_normal(n_in, n_out))


def normal_init__order_swapped(n_in, n_out):
    """The pair is (b, W) where (W, b) is expected."""
    return _layer(_normal(n_out), _normal(n_in, n_out))


def normal_init__not_variables(n_in, n_out):
    """W and b are no tf.Variables that can be trained, so that no optimizer can move them."""
    return tf.random.normal((n_in, n_out)), tf.random.normal((n_out,))


def normal_init__not_trainable(n_in, n_out):
    """The variables say that they are not to be trained, and the tape passes over them."""
    return tuple(tf.Variable(part, trainable=False) for part in right.normal_init(n_in, n_out))


def normal_init__float64(n_in, n_out):
    """The variables are float64, which is NumPy's default; float32 is expected."""
    return tf.Variable(_normal(n_in, n_out)), tf.Variable(_normal(n_out))


def normal_init__numpy_arrays(n_in, n_out):
    """NumPy arrays are returned; the layers of a network are tf.Variables."""
    return _normal(n_in, n_out).astype(np.float32), _normal(n_out).astype(np.float32)


# ── encoder, decoder ─────────────────────────────────────────────────────────────────────────


def _through(
    x, layers, hidden=tf.sigmoid, last=tf.sigmoid, affine=lambda y, W, b: tf.matmul(y, W) + b
):
    """Layers with an activation for all but the last, and one for the last."""
    y = tf.cast(x, tf.float32)
    for number, (W, b) in enumerate(layers, 1):
        activation = last if number == len(layers) else hidden
        y = activation(affine(y, W, b))
    return y


def _twice(a):
    return tf.sigmoid(tf.sigmoid(a))


def _last_layer_of(x, layers):
    """Layer after layer from x itself: what is left is the last one."""
    for layer in layers:
        y = _through(x, [layer])
    return y


def encoder__no_sigmoid_on_the_code(x, layers):
    """The sigmoid is missing after the last layer, on the code."""
    return _through(x, layers, last=tf.identity)


def encoder__sigmoid_only_on_the_code(x, layers):
    """The sigmoid is missing between the layers, which makes them a single linear one."""
    return _through(x, layers, hidden=tf.identity)


def encoder__linear(x, layers):
    """There is no sigmoid at all."""
    return _through(x, layers, hidden=tf.identity, last=tf.identity)


def encoder__sigmoid_twice_on_the_code(x, layers):
    """The sigmoid is applied twice to the code: after the last layer and once more at the end."""
    return _through(x, layers, last=_twice)


def encoder__sigmoid_twice(x, layers):
    """The sigmoid is applied twice in every layer."""
    return _through(x, layers, hidden=_twice, last=_twice)


def encoder__tanh(x, layers):
    """The activation is the hyperbolic tangent where the sigmoid is expected."""
    return _through(x, layers, hidden=tf.tanh, last=tf.tanh)


def encoder__relu(x, layers):
    """The activation is a ReLU where the sigmoid is expected."""
    return _through(x, layers, hidden=tf.nn.relu, last=tf.nn.relu)


def encoder__relu_between(x, layers):
    """The activation between the layers is a ReLU; the sigmoid is expected after every layer."""
    return _through(x, layers, hidden=tf.nn.relu)


def encoder__softmax_on_the_code(x, layers):
    """The code goes through a softmax, as if it were probabilities of classes."""
    return _through(x, layers, last=tf.nn.softmax)


def encoder__negative_exponent_missing(x, layers):
    """The sigmoid is the wrong way round: 1 / (1 + exp(a)) where the exponent is -a."""
    return _through(x, layers, hidden=lambda a: tf.sigmoid(-a), last=lambda a: tf.sigmoid(-a))


def encoder__no_bias(x, layers):
    """The biases are not used."""
    return _through(x, layers, affine=lambda y, W, b: tf.matmul(y, W) + 0 * b)


def encoder__bias_subtracted(x, layers):
    """The biases are subtracted where they should be added."""
    return _through(x, layers, affine=lambda y, W, b: tf.matmul(y, W) - b)


def encoder__bias_outside(x, layers):
    """The bias is added outside the sigmoid: it belongs inside."""
    y = tf.cast(x, tf.float32)
    for W, b in layers:
        y = tf.sigmoid(tf.matmul(y, W)) + b
    return y


def encoder__weights_transposed(x, layers):
    """The weights are transposed, though W has the shape (n_in, n_out) and x comes first."""
    return _through(x, layers, affine=lambda y, W, b: tf.matmul(y, tf.transpose(W)) + b)


def encoder__layers_reversed(x, layers):
    """The layers are applied in reverse order."""
    return _through(x, list(reversed(layers)))


def encoder__first_layer_only(x, layers):
    """Only the first layer is applied: the loop returns too early."""
    return _through(x, layers[:1])


def encoder__last_layer_of_x(x, layers):
    """Only the last layer counts: every layer starts from x, or the first ones are skipped."""
    return _last_layer_of(x, layers)


def encoder__divided_by_255(x, layers):
    """x is divided by 255; its values are used as they are."""
    return right.encoder(tf.cast(x, tf.float32) / 255, layers)


def encoder__last_layer_left_out(x, layers):
    """The last layer is left out."""
    return _through(x, layers[:-1])


def encoder__two_layers_only(x, layers):
    """Two layers are written out; a stack may have any number of them."""
    (W1, b1), (W2, b2) = layers
    y = tf.sigmoid(tf.matmul(tf.cast(x, tf.float32), W1) + b1)
    return tf.sigmoid(tf.matmul(y, W2) + b2)


def encoder__first_two_layers(x, layers):
    """Two layers are written out, and any further ones are passed over."""
    return _through(x, layers[:2])


def encoder__first_and_last_layer(x, layers):
    """Only the first and the last layer are applied; a stack may have any number of them."""
    return _through(x, layers if len(layers) == 1 else [layers[0], layers[-1]])


def encoder__float32_only(x, layers):
    """x is not converted: only float32 gets through the product with the float32 weights."""
    y = tf.convert_to_tensor(x)
    for W, b in layers:
        y = tf.sigmoid(tf.matmul(y, W) + b)
    return y


def encoder__no_integers(x, layers):
    """Floats of any kind are taken, integers are not."""
    if not tf.as_dtype(x.dtype).is_floating:
        raise TypeError("x must be of a float dtype")
    return right.encoder(x, layers)


def encoder__detached(x, layers):
    """The sum is done in NumPy, or detached, so that no gradient reaches the variables."""
    return tf.stop_gradient(right.encoder(x, layers))


def encoder__numpy(x, layers):
    """A NumPy array is returned; a tensor is expected, through which gradients can flow."""
    return right.encoder(x, layers).numpy()


def encoder__takes_layers_out(x, layers):
    """The layers are taken out of the list: after one call there are none left."""
    y = tf.cast(x, tf.float32)
    while layers:
        W, b = layers.pop(0)
        y = tf.sigmoid(tf.matmul(y, W) + b)
    return y


def encoder__all_activations(x, layers):
    """The outputs of all layers are returned; only the last one is the code."""
    return [right.encoder(x, layers[:count]) for count in range(len(layers) + 1)]


def decoder__no_sigmoid_on_the_output(y, layers):
    """The sigmoid is missing on the reconstruction, whose pixels may then leave [0, 1]."""
    return _through(y, layers, last=tf.identity)


def decoder__sigmoid_only_on_the_output(y, layers):
    """The sigmoid is missing between the layers, which makes them a single linear one."""
    return _through(y, layers, hidden=tf.identity)


def decoder__linear(y, layers):
    """There is no sigmoid at all."""
    return _through(y, layers, hidden=tf.identity, last=tf.identity)


def decoder__sigmoid_twice_on_the_output(y, layers):
    """The sigmoid is applied twice to the output, so that no pixel is darker than 0.5."""
    return _through(y, layers, last=_twice)


def decoder__sigmoid_twice(y, layers):
    """The sigmoid is applied twice in every layer."""
    return _through(y, layers, hidden=_twice, last=_twice)


def decoder__tanh(y, layers):
    """The activation is the hyperbolic tangent where the sigmoid is expected."""
    return _through(y, layers, hidden=tf.tanh, last=tf.tanh)


def decoder__layers_undone(y, layers):
    """The layers are undone, from the last to the first; they are to be applied, in order."""
    z = tf.cast(y, tf.float32)
    for W, b in reversed(layers):
        z = tf.sigmoid(tf.matmul(z - b, W, transpose_b=True))
    return z


def decoder__relu(y, layers):
    """The activation is a ReLU where the sigmoid is expected."""
    return _through(y, layers, hidden=tf.nn.relu, last=tf.nn.relu)


def decoder__relu_between(y, layers):
    """The activation between the layers is a ReLU; the sigmoid is expected after every layer."""
    return _through(y, layers, hidden=tf.nn.relu)


def decoder__softmax_on_the_output(y, layers):
    """The output goes through a softmax: then the pixels of an image would sum to 1."""
    return _through(y, layers, last=tf.nn.softmax)


def decoder__rounded(y, layers):
    """The pixels are rounded to 0 and 1, which no gradient passes."""
    return _through(y, layers, last=lambda a: tf.round(tf.sigmoid(a)))


def decoder__clipped(y, layers, *, constant: (1e-4, 0.2) = 1e-4):
    """You keep the pixels {constant} away from 0 and 1; the sigmoid alone is expected."""
    return _through(
        y, layers, last=lambda a: tf.clip_by_value(tf.sigmoid(a), constant, 1 - constant)
    )


def decoder__no_bias(y, layers):
    """The biases are not used."""
    return _through(y, layers, affine=lambda y, W, b: tf.matmul(y, W) + 0 * b)


def decoder__bias_outside(y, layers):
    """The bias is added outside the sigmoid: it belongs inside."""
    for W, b in layers:
        y = tf.sigmoid(tf.matmul(tf.cast(y, tf.float32), W)) + b
    return y


def decoder__weights_transposed(y, layers):
    """The weights are transposed, as if these layers were the encoder's."""
    return _through(y, layers, affine=lambda y, W, b: tf.matmul(y, tf.transpose(W)) + b)


def decoder__layers_reversed(y, layers):
    """The layers are applied in reverse order, as if they were the encoder's."""
    return _through(y, list(reversed(layers)))


def decoder__mirrored(y, layers):
    """The layers are applied in reverse order and transposed; the decoder has layers of its own."""
    back = [(tf.transpose(W), b) for W, b in reversed(layers)]
    return _through(y, back)


def decoder__first_layer_only(y, layers):
    """Only the first layer is applied: the loop returns too early."""
    return _through(y, layers[:1])


def decoder__last_layer_of_y(y, layers):
    """Only the last layer counts: every layer starts from y, or the first ones are skipped."""
    return _last_layer_of(y, layers)


def decoder__multiplied_by_255(y, layers):
    """The pixels are multiplied by 255; a grey value lies between 0 and 1."""
    return 255 * right.decoder(y, layers)


def decoder__two_layers_only(y, layers):
    """Two layers are written out; a stack may have any number of them."""
    return encoder__two_layers_only(y, layers)


def decoder__float32_only(y, layers):
    """y is not converted: only float32 gets through the product with the float32 weights."""
    return encoder__float32_only(y, layers)


def decoder__detached(y, layers):
    """The sum is done in NumPy, or detached, so that no gradient reaches the variables."""
    return tf.stop_gradient(right.decoder(y, layers))


def decoder__codes_detached(y, layers):
    """The codes are copied as numbers, so that no gradient gets back to the encoder."""
    return right.decoder(tf.stop_gradient(tf.cast(y, tf.float32)), layers)


def decoder__numpy(y, layers):
    """A NumPy array is returned; a tensor is expected, through which gradients can flow."""
    return right.decoder(y, layers).numpy()


def decoder__takes_layers_out(y, layers):
    """The layers are taken out of the list: after one call there are none left."""
    return encoder__takes_layers_out(y, layers)


# ── mean_squared_loss ────────────────────────────────────────────────────────────────────────


def _pair(x, z):
    """Both as float64 tensors."""
    return tf.cast(x, tf.float64), tf.cast(z, tf.float64)


def _squares(x, z):
    x, z = _pair(x, z)
    return tf.square(x - z)


def mean_squared_loss__mean_over_pixels(x, z):
    """The squares are averaged over the pixels where their sum is expected."""
    return tf.reduce_mean(_squares(x, z))


def mean_squared_loss__sum_over_batch(x, z):
    """The squares are summed over the batch too, where the batch is averaged."""
    return tf.reduce_sum(_squares(x, z))


def mean_squared_loss__axes_swapped(x, z):
    """The batch is summed and the pixels are averaged: it is the other way round."""
    return tf.reduce_mean(tf.reduce_sum(_squares(x, z), axis=0))


def mean_squared_loss__per_image(x, z):
    """There is a loss for each image; a single number is expected, their mean."""
    return tf.reduce_sum(_squares(x, z), axis=1)


def mean_squared_loss__half(x, z):
    """There is a factor of one half that the definition does not have."""
    return 0.5 * right.mean_squared_loss(x, z)


def mean_squared_loss__norm_not_squared(x, z):
    """The norm of the difference is not squared: a square root is too many."""
    return tf.reduce_mean(tf.sqrt(tf.reduce_sum(_squares(x, z), axis=1)))


def mean_squared_loss__root_of_mean(x, z):
    """The root of the whole is taken; no root is expected."""
    return tf.sqrt(right.mean_squared_loss(x, z))


def mean_squared_loss__absolute(x, z):
    """Absolute differences are summed where squared ones are expected."""
    x, z = _pair(x, z)
    return tf.reduce_mean(tf.reduce_sum(tf.abs(x - z), axis=1))


def mean_squared_loss__not_squared(x, z):
    """The differences are not squared, so that errors of both signs cancel."""
    x, z = _pair(x, z)
    return tf.reduce_mean(tf.reduce_sum(x - z, axis=1))


def mean_squared_loss__square_of_sum(x, z):
    """The differences are summed before they are squared, so that errors of both signs cancel."""
    x, z = _pair(x, z)
    return tf.reduce_mean(tf.square(tf.reduce_sum(x - z, axis=1)))


def mean_squared_loss__difference_of_squares(x, z):
    """This is a difference of squares where the square of a difference is expected."""
    x, z = _pair(x, z)
    return tf.reduce_mean(tf.reduce_sum(tf.square(x) - tf.square(z), axis=1))


def mean_squared_loss__sum_for_difference(x, z):
    """x and z are added where their difference is expected."""
    return right.mean_squared_loss(x, -tf.cast(z, tf.float64))


def mean_squared_loss__negative(x, z):
    """The sign is reversed: a loss is minimised, and this one falls as the error grows."""
    return -right.mean_squared_loss(x, z)


def mean_squared_loss__first_image_only(x, z):
    """Only the first image counts."""
    return right.mean_squared_loss(x[:1], z[:1])


def mean_squared_loss__worst_image(x, z):
    """The largest error of the batch is returned; the mean is expected."""
    return tf.reduce_max(tf.reduce_sum(_squares(x, z), axis=1))


def mean_squared_loss__relative(x, z):
    """The error is divided by the size of x, which the definition does not do."""
    squares = tf.reduce_sum(tf.square(tf.cast(x, tf.float64)))
    return tf.reduce_sum(_squares(x, z)) / squares


def mean_squared_loss__not_differentiable(x, z):
    """A Python number is returned: no gradient goes through it, and nothing can learn."""
    return float(right.mean_squared_loss(x, z))


def mean_squared_loss__detached(x, z):
    """z is converted to plain numbers on the way: no gradient reaches it, and nothing can learn."""
    return right.mean_squared_loss(x, tf.stop_gradient(z))


def mean_squared_loss__width_of_the_sheet(x, z):
    """A mean over everything is multiplied by 784, however many pixels there are."""
    return 784 * tf.reduce_mean(_squares(x, z))


def mean_squared_loss__small_differences_as_0(x, z):
    """Small differences count as none."""
    difference = tf.cast(x, tf.float32) - tf.cast(z, tf.float32)
    squares = tf.where(tf.abs(difference) < 1e-3, 0.0, difference**2)
    return _mean_of_sums(squares)


# ── cross_entropy_loss ───────────────────────────────────────────────────────────────────────


def _logarithms(z, smallest=right.SMALLEST):
    """log z and log(1 - z), kept away from both ends in float64."""
    z = tf.clip_by_value(tf.cast(z, tf.float64), smallest, 1 - smallest)
    return tf.math.log(z), tf.math.log(1 - z)


def _nats(x, z, smallest=right.SMALLEST):
    """The cross-entropy of every pixel."""
    x = tf.cast(x, tf.float64)
    log_z, log_rest = _logarithms(z, smallest)
    return -(x * log_z + (1 - x) * log_rest)


def _mean_of_sums(nats):
    return tf.reduce_mean(tf.reduce_sum(nats, axis=1))


def cross_entropy_loss__arguments_swapped(x, z):
    """x and z have changed places: the logarithm is taken of the image."""
    return right.cross_entropy_loss(z, x)


def cross_entropy_loss__dark_pixels_left_out(x, z):
    """Only x log z is there: what is dark in the image, (1 - x) log(1 - z), is missing."""
    return _mean_of_sums(-tf.cast(x, tf.float64) * _logarithms(z)[0])


def cross_entropy_loss__bright_pixels_left_out(x, z):
    """Only (1 - x) log(1 - z) is there: what is bright in the image, x log z, is missing."""
    return _mean_of_sums(-(1 - tf.cast(x, tf.float64)) * _logarithms(z)[1])


def cross_entropy_loss__negative(x, z):
    """The minus sign is missing: this is the log-likelihood, and the loss is its negative."""
    return -right.cross_entropy_loss(x, z)


def cross_entropy_loss__terms_subtracted(x, z):
    """The second term is subtracted from the first; they are added."""
    x = tf.cast(x, tf.float64)
    log_z, log_rest = _logarithms(z)
    return _mean_of_sums(-(x * log_z - (1 - x) * log_rest))


def cross_entropy_loss__bit_flipped(x, z):
    """log z and log(1 - z) have changed places: this rewards the negative of the image."""
    return _mean_of_sums(_nats(1 - tf.cast(x, tf.float64), z))


def cross_entropy_loss__mean_over_pixels(x, z):
    """The terms are averaged over the pixels where their sum is expected."""
    return tf.reduce_mean(_nats(x, z))


def cross_entropy_loss__width_of_the_sheet(x, z):
    """A mean over everything is multiplied by 784, however many pixels there are."""
    return 784 * tf.reduce_mean(_nats(x, z))


def cross_entropy_loss__sum_over_batch(x, z):
    """The terms are summed over the batch too, where the batch is averaged."""
    return tf.reduce_sum(_nats(x, z))


def cross_entropy_loss__axes_swapped(x, z):
    """The batch is summed and the pixels are averaged: it is the other way round."""
    return tf.reduce_mean(tf.reduce_sum(_nats(x, z), axis=0))


def cross_entropy_loss__per_image(x, z):
    """There is a loss for each image; a single number is expected, their mean."""
    return tf.reduce_sum(_nats(x, z), axis=1)


def cross_entropy_loss__bits(x, z):
    """The logarithm has base 2; nats are expected, with the natural logarithm."""
    return right.cross_entropy_loss(x, z) / np.log(2)


def cross_entropy_loss__logits_expected(x, z):
    """z is taken for a logit, though it has been through a sigmoid already."""
    x, z = _pair(x, z)
    return _mean_of_sums(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=z))


def cross_entropy_loss__categorical(x, z):
    """The pixels are taken for the probabilities of classes that exclude each other."""
    x, z = _pair(x, z)
    share = z / tf.reduce_sum(z, axis=1, keepdims=True)
    return _mean_of_sums(-x * tf.math.log(tf.maximum(share, right.SMALLEST)))


def cross_entropy_loss__squared_error(x, z):
    """This is the squared error, not the cross-entropy."""
    return right.mean_squared_loss(x, z)


def cross_entropy_loss__divergence(x, z):
    """The entropy of x is subtracted: this is the KL divergence, not the cross-entropy."""
    return _mean_of_sums(_nats(x, z) - _nats(x, x))


def cross_entropy_loss__image_made_binary(x, z):
    """The image is rounded to 0 and 1; its grey values count as they are."""
    return right.cross_entropy_loss(tf.round(tf.cast(x, tf.float64)), z)


def cross_entropy_loss__no_care_at_the_ends(x, z):
    """At z = 0 or z = 1 a logarithm of 0 is taken: the loss is infinite, or nan."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    return _mean_of_sums(-(x * tf.math.log(z) + (1 - x) * tf.math.log(1 - z)))


def cross_entropy_loss__epsilon_below_float32(x, z, *, constant: (1e-40, 3e-8) = 1e-12):
    """z = 1 stays 1: no clip from above, or at 1 minus {constant}, which float32 rounds to 1."""
    z = tf.clip_by_value(tf.convert_to_tensor(z), constant, 1 - constant)
    return cross_entropy_loss__no_care_at_the_ends(x, z)


def cross_entropy_loss__number_below_float32(x, z, *, constant: (1e-40, 3e-8) = 1e-10):
    """You add {constant} to 1 - z: in float32 that is lost next to 1; look at z = 1."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    dark = (1 - x) * tf.math.log(constant + 1 - z)
    return _mean_of_sums(-(x * tf.math.log(z + constant) + dark))


def cross_entropy_loss__only_log_z_is_safe(x, z):
    """log z is safe at 0, but log(1 - z) is not safe at 1."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    dark = (1 - x) * tf.math.log(1 - z)
    return _mean_of_sums(-(x * tf.math.log(z + 1e-8) + dark))


def cross_entropy_loss__only_log_of_the_rest_is_safe(x, z):
    """log(1 - z) is safe at 1, but log z is not safe at 0."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    dark = (1 - x) * tf.math.log(1 - z + 1e-8)
    return _mean_of_sums(-(x * tf.math.log(z) + dark))


def cross_entropy_loss__clipped_far_inside(x, z, *, constant: (1e-7, 0.2) = 1e-3):
    """You keep z {constant} away from 0 and 1: a wrong certainty costs too little."""
    return _mean_of_sums(_nats(x, z, constant))


def cross_entropy_loss__large_number_added(x, z, *, constant: (1e-7, 0.2) = 1e-3):
    """You add {constant} inside the logarithms, which shows in the loss."""
    x, z = _pair(x, z)
    return _mean_of_sums(-(x * tf.math.log(z + constant) + (1 - x) * tf.math.log(1 - z + constant)))


def cross_entropy_loss__capped(x, z):
    """The cost of a pixel is capped at less than 10 nats: a wrong certainty costs too little."""
    return _mean_of_sums(tf.minimum(_nats(x, z), 5.0))


def cross_entropy_loss__gradient_nan(x, z):
    """The loss is finite at z = 0 and z = 1, but its gradient is not: it still meets what a branch
    or a bound hides."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    low = tf.where(z > 0, tf.math.log(z), -16.0)
    high = tf.where(z < 1, tf.math.log(1 - z), -16.0)
    return _mean_of_sums(-(x * low + (1 - x) * high))


def cross_entropy_loss__nan_replaced(x, z):
    """Costs that are not finite are left out, or set to 0: a wrong certainty costs nothing."""
    z = tf.convert_to_tensor(z)
    x = tf.cast(x, z.dtype)
    nats = -(x * tf.math.log(z) + (1 - x) * tf.math.log(1 - z))
    return _mean_of_sums(tf.where(tf.math.is_finite(nats), nats, 0.0))


def cross_entropy_loss__not_differentiable(x, z):
    """A Python number is returned: no gradient goes through it, and nothing can learn."""
    return float(right.cross_entropy_loss(x, z))


def cross_entropy_loss__detached(x, z):
    """z is converted to plain numbers on the way: no gradient reaches it, and nothing can learn."""
    return right.cross_entropy_loss(x, tf.stop_gradient(z))


# ── xavier_init ──────────────────────────────────────────────────────────────────────────────


def _scaled(n_in, n_out, std):
    return _layer(std * _normal(n_in, n_out), np.zeros(n_out))


def xavier_init__one_over_inputs(n_in, n_out):
    """The variance is 1/n_in, which leaves out the number of outputs."""
    return _scaled(n_in, n_out, np.sqrt(1 / n_in))


def xavier_init__one_over_outputs(n_in, n_out):
    """The variance is 1/n_out, which leaves out the number of inputs."""
    return _scaled(n_in, n_out, np.sqrt(1 / n_out))


def xavier_init__two_over_inputs(n_in, n_out):
    """The variance is 2/n_in: this is He's initialisation, for ReLUs."""
    return _scaled(n_in, n_out, np.sqrt(2 / n_in))


def xavier_init__limit_as_spread(n_in, n_out):
    """The limit of the uniform distribution is used as the standard deviation of a normal."""
    return _scaled(n_in, n_out, np.sqrt(6 / (n_in + n_out)))


def xavier_init__spread_as_limit(n_in, n_out):
    """The standard deviation is used as the limit of a uniform distribution."""
    limit = np.sqrt(2 / (n_in + n_out))
    return _layer(_uniform(-limit, limit, n_in, n_out), np.zeros(n_out))


def _uniform(low, high, *shape):
    return np.random.default_rng().uniform(low, high, size=shape)


def xavier_init__root_forgotten(n_in, n_out):
    """The variance is used as the standard deviation: the root is missing."""
    return _scaled(n_in, n_out, 2 / (n_in + n_out))


def xavier_init__root_of_numerator_only(n_in, n_out):
    """The root reaches only the numerator; it belongs around the whole fraction."""
    limit = np.sqrt(6) / (n_in + n_out)
    return _layer(_uniform(-limit, limit, n_in, n_out), np.zeros(n_out))


def xavier_init__half_the_variance(n_in, n_out):
    """The variance is 1/(n_in + n_out), half of what is expected."""
    return _scaled(n_in, n_out, np.sqrt(1 / (n_in + n_out)))


def xavier_init__gain_included(n_in, n_out):
    """The weights are multiplied by 4, the gain for a sigmoid; it is no part of this variance."""
    return _scaled(n_in, n_out, 4 * np.sqrt(2 / (n_in + n_out)))


def xavier_init__brackets_forgotten(n_in, n_out):
    """2 / n_in + n_out is computed: the sum in the denominator needs brackets."""
    return _scaled(n_in, n_out, np.sqrt(2 / n_in + n_out))


def xavier_init__truncated(n_in, n_out):
    """Cutting the tails off a normal makes its variance smaller, and this is not made up for."""
    std = np.sqrt(2 / (n_in + n_out))
    return _layer(tf.random.truncated_normal((n_in, n_out), stddev=std), np.zeros(n_out))


def xavier_init__not_scaled(n_in, n_out):
    """The weights are drawn from N(0, 1), whatever the sizes."""
    return _scaled(n_in, n_out, 1.0)


def xavier_init__only_positive(n_in, n_out):
    """The uniform distribution starts at 0 where it should reach as far below as above."""
    limit = np.sqrt(6 / (n_in + n_out))
    return _layer(_uniform(0, limit, n_in, n_out), np.zeros(n_out))


def xavier_init__sizes_of_the_sheet(n_in, n_out):
    """The scale fits a single pair of sizes; it has to follow n_in and n_out."""
    return _scaled(n_in, n_out, np.sqrt(2 / (784 + 256)))


def xavier_init__another_distribution(n_in, n_out):
    """Mean and variance are right, but the weights are neither uniform nor normal."""
    return _layer(np.sign(_normal(n_in, n_out)) * np.sqrt(2 / (n_in + n_out)), np.zeros(n_out))


def xavier_init__constant(n_in, n_out):
    """All weights are the same: no two neurons would ever learn different things."""
    return _layer(np.full((n_in, n_out), 2 / (n_in + n_out)), np.zeros(n_out))


def xavier_init__random_biases(n_in, n_out):
    """The biases are drawn at random; they start at 0."""
    W, b = _scaled(n_in, n_out, np.sqrt(2 / (n_in + n_out)))
    return W, variable(_normal(n_out))


def xavier_init__constant_biases(n_in, n_out):
    """The biases start at a number that is not 0."""
    W, b = right.xavier_init(n_in, n_out)
    return W, variable(b + 0.01)


def xavier_init__one_row_for_all(n_in, n_out):
    """One row is drawn and repeated for every input."""
    row = np.sqrt(2 / (n_in + n_out)) * _normal(n_out)
    return _layer(np.tile(row, (n_in, 1)), np.zeros(n_out))


_INITIALIZER = tf.keras.initializers.GlorotUniform()


def xavier_init__same_on_every_call(n_in, n_out):
    """Every call returns the same numbers: a seed, or an initialiser object that is used again."""
    return _layer(_INITIALIZER((n_in, n_out)), np.zeros(n_out))


def xavier_init__weights_transposed(n_in, n_out):
    """W has the shape (n_out, n_in): the axes are the wrong way round."""
    return _layer(right.xavier_init(n_out, n_in)[0], np.zeros(n_out))


def xavier_init__bias_per_input(n_in, n_out):
    """There is a bias for every input where one for every output is expected."""
    return right.xavier_init(n_in, n_out)[0], variable(np.zeros(n_in))


def xavier_init__bias_missing(n_in, n_out):
    """Only the weights are returned; a layer is a pair (W, b)."""
    return right.xavier_init(n_in, n_out)[0]


def xavier_init__order_swapped(n_in, n_out):
    """The pair is (b, W) where (W, b) is expected."""
    return right.xavier_init(n_in, n_out)[::-1]


def xavier_init__bias_is_a_row(n_in, n_out):
    """The biases have the shape (1, n_out) where (n_out,) is expected."""
    return right.xavier_init(n_in, n_out)[0], variable(np.zeros((1, n_out)))


def xavier_init__not_trainable(n_in, n_out):
    """The variables say that they are not to be trained, and the tape passes over them."""
    return tuple(tf.Variable(part, trainable=False) for part in right.xavier_init(n_in, n_out))


def xavier_init__numpy_arrays(n_in, n_out):
    """NumPy arrays are returned; the layers of a network are tf.Variables."""
    return tuple(part.numpy() for part in right.xavier_init(n_in, n_out))


def xavier_init__not_variables(n_in, n_out):
    """W and b are no tf.Variables that can be trained, so that no optimizer can move them."""
    return tuple(tf.convert_to_tensor(part) for part in right.xavier_init(n_in, n_out))


def xavier_init__float64(n_in, n_out):
    """The variables are float64, which is NumPy's default; float32 is expected."""
    return tuple(tf.Variable(tf.cast(p, tf.float64)) for p in right.xavier_init(n_in, n_out))


# ── make_stack ───────────────────────────────────────────────────────────────────────────────


def make_stack__first_layer_left_out(sizes, init):
    """The first layer is missing: the loop starts too late."""
    return right.make_stack(sizes[1:], init)


def make_stack__last_layer_left_out(sizes, init):
    """The last layer is missing: there is one layer less than there are gaps between sizes."""
    return right.make_stack(sizes[:-1], init)


def make_stack__ends_joined(sizes, init):
    """There is a layer too many, from the last size back to the first."""
    return [init(sizes[i - 1], sizes[i]) for i in range(1, len(sizes))] + [
        init(sizes[-1], sizes[0])
    ]


def make_stack__square_layer_appended(sizes, init):
    """There is a layer too many, from the last size to the same size."""
    return [init(a, b) for a, b in zip(sizes, [*sizes[1:], sizes[-1]], strict=True)]


def make_stack__first_to_last(sizes, init):
    """There is a single layer from the first size to the last."""
    return [init(sizes[0], sizes[-1])]


def make_stack__always_from_the_input(sizes, init):
    """Every layer starts from the first size; it starts where the one before ended."""
    return [init(sizes[0], n) for n in sizes[1:]]


def make_stack__same_size_twice(sizes, init):
    """Every layer goes from a size to the same size."""
    return [init(n, n) for n in sizes[:-1]]


def make_stack__sizes_swapped(sizes, init):
    """The arguments of init are swapped: it takes the number of inputs first."""
    return [init(sizes[i + 1], sizes[i]) for i in range(len(sizes) - 1)]


def make_stack__mirrored(sizes, init):
    """The stack is built backwards: mirroring the sizes is up to whoever calls."""
    return right.make_stack(sizes[::-1], init)


def make_stack__reversed_list(sizes, init):
    """The layers are right but in reverse order."""
    return right.make_stack(sizes, init)[::-1]


def make_stack__encoder_and_decoder(sizes, init):
    """The mirrored layers are appended; a stack has only the layers of its own sizes."""
    return right.make_stack([*sizes, *sizes[-2::-1]], init)


def make_stack__init_ignored(sizes, init):
    """The layers do not come from the init that was passed."""
    return right.make_stack(sizes, right.xavier_init)


def make_stack__init_called_twice(sizes, init):
    """init is called once for W and once more for b; it returns both."""
    return [(init(a, b)[0], init(a, b)[1]) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]


def make_stack__flat(sizes, init):
    """The variables stand in one flat list; a stack is a list of pairs (W, b)."""
    return [part for layer in right.make_stack(sizes, init) for part in layer]


def make_stack__two_lists(sizes, init):
    """All W come first and all b second; a stack is a list of pairs (W, b)."""
    layers = right.make_stack(sizes, init)
    return [W for W, _ in layers], [b for _, b in layers]


def make_stack__generator(sizes, init):
    """No list is returned, but a generator, for example, which can be gone through only once."""
    return (init(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True))


def make_stack__sizes_used_up(sizes, init):
    """The sizes are taken out of the list that was passed."""
    layers, n_in = [], sizes.pop(0)
    while sizes:
        n_out = sizes.pop(0)
        layers.append(init(n_in, n_out))
        n_in = n_out
    return layers


def make_stack__two_layers_only(sizes, init):
    """Two layers are written out; there may be any number of sizes."""
    n, hidden, code = sizes
    return [init(n, hidden), init(hidden, code)]


def make_stack__one_layer_for_equal_sizes(sizes, init):
    """Layers of the same sizes are one and the same layer; each needs variables of its own."""
    made = {}
    return [made.setdefault(pair, init(*pair)) for pair in zip(sizes[:-1], sizes[1:], strict=True)]


# ── train_step ───────────────────────────────────────────────────────────────────────────────
# Each calls `encoder` and `decoder` by their names, as students do, so that a check can put others
# in their place; see checks.py.


def _apply(optimizer, gradients, variables):
    optimizer.apply_gradients(zip(gradients, variables, strict=True))


def train_step__encoder_not_updated(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only the decoder's variables are moved; the encoder stays as it was."""
    variables = variables_of(decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__decoder_not_updated(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only the encoder's variables are moved; the decoder stays as it was."""
    variables = variables_of(encoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__biases_not_updated(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only the weights are moved; the biases stay as they were."""
    variables = [W for W, _ in [*encoder_layers, *decoder_layers]]
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__first_layers_only(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only the first layer of each stack is moved."""
    variables = [*encoder_layers[0], *decoder_layers[0]]
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__last_layer_only(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only the decoder's last layer is moved: is a list overwritten where it has to grow?"""
    variables = [*decoder_layers[-1]]
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__two_layers_only(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Only two layers of each stack are moved; a stack may have any number of them."""
    variables = variables_of(encoder_layers[:2], decoder_layers[:2])
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__one_stack_after_the_other(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The encoder is moved first and the decoder by a second loss; one step moves both."""
    first = train_step__decoder_not_updated(x, encoder_layers, decoder_layers, loss_fn, optimizer)
    train_step__encoder_not_updated(x, encoder_layers, decoder_layers, loss_fn, optimizer)
    return first


def train_step__loss_after(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The loss after the step is returned; the one before it is expected."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))


def train_step__uphill(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The step goes uphill: the sign of the gradient, or of the loss, is reversed."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, [-g for g in tape.gradient(loss, variables)], variables)
    return loss


def train_step__gradient_of_the_mean(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The gradient is divided by the number of images: the loss has been averaged already."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    shares = [g / len(x) for g in tape.gradient(loss, variables)]
    _apply(optimizer, shares, variables)
    return loss


def train_step__gradient_clipped(
    x, encoder_layers, decoder_layers, loss_fn, optimizer, *, constant: (1e-4, 1e1) = 1e-2
):
    """You scale the gradients down to a norm of {constant}, which changes the optimizer's step."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    clipped, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), constant)
    _apply(optimizer, clipped, variables)
    return loss


def train_step__optimizer_made_anew(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """A new optimizer is made in every step: Adam then forgets its averages, and the one that was
    passed does nothing."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(tf.keras.optimizers.Adam(1e-3), tape.gradient(loss, variables), variables)
    return loss


def train_step__optimizer_copied(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Every step has a fresh optimizer with the settings of the one passed, so that Adam forgets
    its averages."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    fresh = type(optimizer).from_config(optimizer.get_config())
    _apply(fresh, tape.gradient(loss, variables), variables)
    return loss


def train_step__plain_gradient_descent(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The variables are moved by hand, along the gradient; the optimizer is not used."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    for one, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        one.assign_sub(optimizer.learning_rate * gradient)
    return loss


def train_step__step_of_its_own(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The variables are moved by hand, with a step size of 0.001; the optimizer is not used."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    for one, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        one.assign_sub(1e-3 * gradient)
    return loss


def train_step__loss_fn_ignored(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """A loss of one's own is used; the one to use is passed as loss_fn."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        z = decoder(encoder(x, encoder_layers), decoder_layers)
        loss = tf.reduce_mean(tf.reduce_sum(tf.square(x - z), axis=1))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__loss_arguments_swapped(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The loss gets the reconstruction first; the image comes first."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        z = decoder(encoder(x, encoder_layers), decoder_layers)
        loss = loss_fn(z, tf.convert_to_tensor(x))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__two_steps(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The optimizer takes two steps where one is expected."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    gradients = tape.gradient(loss, variables)
    _apply(optimizer, gradients, variables)
    _apply(optimizer, gradients, variables)
    return loss


def train_step__a_step_for_each_stack(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The optimizer is called once for each stack, and counts two steps where there is one."""
    with tf.GradientTape(persistent=True) as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    stacks = variables_of(encoder_layers), variables_of(decoder_layers)
    gradients = [tape.gradient(loss, variables) for variables in stacks]
    for both in zip(gradients, stacks, strict=True):
        _apply(optimizer, *both)
    return loss


def train_step__one_after_the_other(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The decoder's gradient is taken after the encoder has moved; one gradient moves both."""
    for stack in (encoder_layers, decoder_layers):
        variables = variables_of(stack)
        with tf.GradientTape() as tape:
            loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
        _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__eager_only(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The loss is turned into a number with .numpy(), which fails under tf.function."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss.numpy()


def train_step__nothing_returned(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The step is right, but the loss is not returned."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)


def train_step__reconstruction_returned_too(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The reconstruction is returned beside the loss; the loss alone is expected."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        z = decoder(encoder(x, encoder_layers), decoder_layers)
        loss = loss_fn(x, z)
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss, z


def train_step__loss_divided(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The loss is divided by the number of images once more; loss_fn has averaged them already."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers)) / len(x)
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__gradients_clipped(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The gradients are clipped before the step, which is not part of it."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    gradients = [tf.clip_by_norm(g, 0.05) for g in tape.gradient(loss, variables)]
    _apply(optimizer, gradients, variables)
    return loss


def train_step__weights_penalised(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """A penalty on the weights is added to the loss."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
        loss += 0.01 * tf.add_n([tf.nn.l2_loss(variable) for variable in variables])
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__forward_outside_the_tape(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The reconstruction is computed before the tape records, so that there is no gradient."""
    variables = variables_of(encoder_layers, decoder_layers)
    z = decoder(encoder(x, encoder_layers), decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, z)
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__decoder_skipped(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The code is compared with the image; it has to go through the decoder first."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, encoder(x, encoder_layers))
    _apply(optimizer, tape.gradient(loss, variables), variables)
    return loss


def train_step__no_step(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The gradients are computed, but no variable is moved."""
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    tape.gradient(loss, variables)
    return loss


# ── deeper ───────────────────────────────────────────────────────────────────────────────────


def deeper__not_deeper():
    """These are the sizes without the added layer."""
    return [784, 256, 128]


def deeper__input_missing():
    """The 784 pixels are missing: the sizes begin with the input."""
    return [256, 128, 64]


def deeper__only_the_new_layer():
    """Only the new layer is there; all sizes of the encoder are expected."""
    return [64]


def deeper__in_place_of_the_128():
    """The 64 takes the place of the 128; it comes after it."""
    return [784, 256, 64]


def deeper__before_the_128():
    """The 64 stands before the 128; it comes after it."""
    return [784, 256, 64, 128]


def deeper__decoder_sizes():
    """These are the sizes of the decoder; those of the encoder are expected."""
    return [64, 128, 256, 784]


def deeper__whole_autoencoder():
    """These are the sizes of encoder and decoder together; those of the encoder are expected."""
    return [784, 256, 128, 64, 128, 256, 784]


def deeper__added_twice():
    """The layer of 64 is there twice."""
    return [784, 256, 128, 64, 64]


def deeper__another_width():
    """The added layer has another width than 64."""
    return [784, 256, 128, 32]


def deeper__goes_on_halving():
    """There is a layer of 32 too; a single layer is added."""
    return [784, 256, 128, 64, 32]


_COUNTS = itertools.cycle([1, 2])  # how often the 64 has been appended, as two calls find it


def deeper__grows():
    """A list outside the function is appended to, and grows with every call."""
    return [784, 256, 128] + [64] * next(_COUNTS)


def deeper__a_text():
    """A text is returned; a list of integers is expected."""
    return "784-256-128-64"
