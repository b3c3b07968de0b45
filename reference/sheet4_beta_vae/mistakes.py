"""Wrong implementations that students write: `<item>__<mistake>`, the docstring is what they read.

Each is right but for the one thing that it is named for.
"""

import math

import numpy as np
import torch

from helpers import faces
from reference.sheet4_beta_vae import metrics, truth
from reference.sheet4_beta_vae import reference as right

# ── generate ─────────────────────────────────────────────────────────────────────────────────


def _logits(model, z):
    """The decoder's logits in eval mode, the model left as it was."""
    modes = [module.training for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            return model.decoder(z)
    finally:
        for module, mode in zip(model.modules(), modes, strict=True):
            module.training = mode


def generate__no_sigmoid(model, z):
    """These are the decoder's logits: the sigmoid is missing, which a plot may hide."""
    return _logits(model, z)


def generate__sigmoid_twice(model, z):
    """The sigmoid is applied twice: all values lie between 0.5 and 0.73."""
    return torch.sigmoid(torch.sigmoid(_logits(model, z)))


def generate__clamped(model, z):
    """The logits are cut off at 0 and 1; that is not how a logit becomes a probability."""
    return _logits(model, z).clamp(0, 1)


def generate__tanh(model, z):
    """tanh maps to -1 … 1; these are logits of numbers between 0 and 1."""
    return torch.tanh(_logits(model, z))


def generate__tanh_moved(model, z):
    """tanh, moved to 0 … 1, is twice as steep as it should be."""
    return (torch.tanh(_logits(model, z)) + 1) / 2


def generate__softmax(model, z):
    """The softmax makes the colours of a pixel compete; each has a logit of its own."""
    return torch.softmax(_logits(model, z), dim=1)


def generate__rescaled(model, z):
    """The logits are stretched from their smallest to their largest value onto 0 … 1."""
    logits = _logits(model, z)
    if not logits.numel():
        return logits
    return (logits - logits.min()) / (logits.max() - logits.min())


def generate__rescaled_by_picture(model, z):
    """Each picture is stretched to fill 0 … 1, so that dull ones look bright."""
    logits = _logits(model, z)
    low = logits.amin(dim=(1, 2, 3), keepdim=True)
    return (logits - low) / (logits.amax(dim=(1, 2, 3), keepdim=True) - low)


def generate__inverted(model, z):
    """Bright and dark are swapped."""
    return torch.sigmoid(-_logits(model, z))


def generate__exponential(model, z):
    """exp turns a logit into odds, not into a probability."""
    return torch.exp(_logits(model, z))


def generate__exp_overflows(model, z):
    """exp(l) / (1 + exp(l)) is infinity over infinity for a large logit."""
    odds = torch.exp(_logits(model, z))
    return odds / (1 + odds)


def generate__rounded(model, z):
    """The values are rounded to 0 and 1; the pictures have shades."""
    return torch.sigmoid(_logits(model, z)).round()


def generate__bytes(model, z):
    """The values run from 0 to 255 where 0 to 1 is expected."""
    return 255 * torch.sigmoid(_logits(model, z))


def generate__channels_last(model, z):
    """The colours are the last axis, as a plot wants them; they come second here."""
    return torch.sigmoid(_logits(model, z)).permute(0, 2, 3, 1)


def generate__flat(model, z):
    """The pictures are flat rows of numbers; (n, 3, 64, 64) is expected."""
    return torch.sigmoid(_logits(model, z)).flatten(start_dim=1)


def generate__axis_of_one(model, z):
    """Each code is decoded as a batch of one, and the axis of these batches is still there."""
    return torch.sigmoid(_logits(model, z)).unsqueeze(1)


def generate__first_only(model, z):
    """Only the first latent becomes a picture."""
    return torch.sigmoid(_logits(model, z[:1]))


def generate__draws(model, z):
    """Something is drawn, codes or pixels; there is no chance in the picture of a code."""
    return torch.sigmoid(_logits(model, torch.randn_like(z)))


def generate__squashed_latents(model, z):
    """The sigmoid is applied to the codes, before the decoder; it belongs behind it."""
    return _logits(model, torch.sigmoid(z))


def generate__averaged(model, z):
    """The pictures are averaged; each latent has a picture of its own."""
    return torch.sigmoid(_logits(model, z)).mean(dim=0)


def generate__whole_model(model, z):
    """The whole model is called, which wants images; codes go into its decoder."""
    with torch.no_grad():
        return torch.sigmoid(model(z, torch.zeros_like(z))[0])


def generate__array(model, z):
    """A NumPy array is returned; a tensor is expected."""
    return torch.sigmoid(_logits(model, z)).numpy()


def generate__as_it_comes(model, z):
    """The model decodes in whatever mode it is in: in train mode it may draw noise."""
    with torch.no_grad():
        return torch.sigmoid(model.decoder(z))


def generate__top_mode_only(model, z):
    """Only the model's own flag is set to eval, and its parts stay in train mode."""
    mode = model.training
    model.training = False
    with torch.no_grad():
        images = torch.sigmoid(model.decoder(z))
    model.training = mode
    return images


def _in_eval_mode(model, z):
    """The pictures from a model that is in eval mode afterwards."""
    model.eval()
    with torch.no_grad():
        return torch.sigmoid(model.decoder(z))


def generate__one_mode_for_all(model, z):
    """All parts get the mode of the model as a whole; each is to have its own again."""
    mode = model.training
    images = _in_eval_mode(model, z)
    model.train(mode)
    return images


def generate__mode_of_the_decoder(model, z):
    """All parts of the decoder get the mode of the decoder; each is to have its own again."""
    mode = model.decoder.training
    model.decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(model.decoder(z))
    model.decoder.train(mode)
    return images


def generate__mode_of_the_children(model, z):
    """The decoder's own parts get their modes back, but not what is inside them: see modules()."""
    parts = [model.decoder, *model.decoder.children()]
    modes = [part.training for part in parts]
    model.decoder.eval()
    with torch.no_grad():
        images = torch.sigmoid(model.decoder(z))
    for part, mode in zip(parts, modes, strict=True):
        part.train(mode)
    return images


def generate__asked_the_model(model, z):
    """The mode of the parts is taken from the model's own flag; each has a flag of its own."""
    mode = model.training
    if mode:
        model.eval()
    with torch.no_grad():
        images = torch.sigmoid(model.decoder(z))
    model.train(mode)
    return images


def generate__eval_left(model, z):
    """The model stays in eval mode; it is to be left as it was found."""
    return _in_eval_mode(model, z)


def generate__decoder_left_in_eval(model, z):
    """The decoder stays in eval mode; it is to be left as it was found."""
    model.decoder.eval()
    with torch.no_grad():
        return torch.sigmoid(model.decoder(z))


def generate__train_at_the_end(model, z):
    """The model is put into train mode at the end, whatever it was in before."""
    images = _in_eval_mode(model, z)
    model.train()
    return images


def _restored(model, z):
    """The pictures with their graph; the modes are as they were."""
    modes = [module.training for module in model.modules()]
    model.eval()
    images = torch.sigmoid(model.decoder(z))
    for module, mode in zip(model.modules(), modes, strict=True):
        module.training = mode
    return images


def generate__gradient_kept(model, z):
    """The pictures keep the graph that leads to every weight: gradients are not switched off."""
    return _restored(model, z)


def generate__gradient_asked(model, z):
    """The pictures keep a gradient; they should keep none."""
    return _restored(model, z).detach().requires_grad_()


def generate__gradients_off(model, z):
    """Gradients stay switched off for everything that comes after."""
    torch.set_grad_enabled(False)
    return _restored(model, z)


def generate__gradients_on(model, z):
    """Gradients are switched on at the end, whether they were on before or not."""
    torch.set_grad_enabled(False)
    images = _restored(model, z)
    torch.set_grad_enabled(True)
    return images


def generate__frozen(model, z):
    """The parameters stay frozen: requires_grad is to be left as it was found."""
    model.requires_grad_(False)
    return _restored(model, z).detach()


def generate__thawed(model, z):
    """All parameters ask for a gradient afterwards; requires_grad is to be left as it was found."""
    model.requires_grad_(False)
    images = _restored(model, z).detach()
    model.requires_grad_(True)
    return images


def generate__sigmoid_appended(model, z):
    """A sigmoid is built into the model and stays there: the model is to be left as it was."""
    model.decoder = torch.nn.Sequential(model.decoder, torch.nn.Sigmoid())
    return _logits(model, z)


def generate__not_without_latents(model, z):
    """n may be 0, and then there is nothing to put together: (0, 3, 64, 64) is expected."""
    return torch.cat([torch.sigmoid(_logits(model, row[None])) for row in z])


def generate__float32_only(model, z):
    """The codes are brought to float32, which a model of float64 does not take."""
    return torch.sigmoid(_logits(model, z.float()))


def generate__half_precision(model, z):
    """The pictures are rounded to half precision on the way."""
    return torch.sigmoid(_logits(model, z)).bfloat16().to(z.dtype)


# ── diverse_latents ──────────────────────────────────────────────────────────────────────────


def diverse_latents__all_the_same():
    """All codes are the same: so are their pictures."""
    return right.diverse_latents()[:1].repeat(10, 1)


def diverse_latents__close_together():
    """Many pictures are alike: the codes differ too little, or where little changes by them."""
    return 0.15 * right.diverse_latents()


def diverse_latents__prior():
    """Ten draws of the prior are not enough: two of them nearly always look alike."""
    return torch.randn(10, 32, generator=torch.Generator().manual_seed(3))


def diverse_latents__one_latent():
    """Only one latent moves; the pictures are to differ in three factors at least."""
    z = torch.zeros(10, 32)
    z[:, int(truth.measured().kl.argmax())] = torch.linspace(-3, 3, 10)
    return z


def diverse_latents__inactive_latents():
    """Only latents move that the decoder does not listen to: the pictures are all the same."""
    z = torch.zeros(10, 32)
    quiet = torch.from_numpy(truth.measured().kl.argsort()[:10].copy())
    z[torch.arange(10), quiet] = 3.0
    return z


def diverse_latents__one_twice():
    """Two of the codes are the same."""
    z = right.diverse_latents()
    return torch.cat([z, z[4:5]])


def diverse_latents__too_few():
    """At least ten codes are expected."""
    return right.diverse_latents()[:9]


def diverse_latents__too_far_out():
    """Entries beyond -4 and 4 are not allowed: the prior hardly ever gives them."""
    return 1.7 * right.diverse_latents()


def diverse_latents__transposed():
    """Rows and columns are swapped: the shape is (n, 32), one latent a row."""
    return right.diverse_latents().T


def diverse_latents__single():
    """One latent is returned; a batch of at least ten is expected."""
    return right.diverse_latents()[0]


def diverse_latents__pictures():
    """The pictures are returned; their codes are expected."""
    return torch.from_numpy(truth.decode(right.diverse_latents()))


def diverse_latents__array():
    """A NumPy array is returned; a tensor is expected."""
    return right.diverse_latents().numpy()


def diverse_latents__not_finite():
    """Some numbers are infinite or nan."""
    z = right.diverse_latents()
    z[3] = torch.log(0 * z[3])
    return z


# ── latent_kl ────────────────────────────────────────────────────────────────────────────────


def _each_kl(mean, log_var):
    return 0.5 * (mean**2 + torch.exp(log_var) - 1 - log_var)


def latent_kl__summed_over_images(mean, log_var):
    """The images are summed where they should be averaged."""
    return _each_kl(mean, log_var).sum(dim=0)


def latent_kl__per_image(mean, log_var):
    """The latents are summed, one number for each image: one for each latent is expected."""
    return _each_kl(mean, log_var).sum(dim=1)


def latent_kl__mean_over_latents(mean, log_var):
    """The average goes over the latents; it goes over the images, axis 0."""
    return _each_kl(mean, log_var).mean(dim=1)


def latent_kl__one_number(mean, log_var):
    """There is one number for everything; one for each latent is expected."""
    return _each_kl(mean, log_var).mean(dim=0).sum()


def latent_kl__not_averaged(mean, log_var):
    """The images are not averaged."""
    return _each_kl(mean, log_var)


def latent_kl__no_half(mean, log_var):
    """The factor 1/2 is missing."""
    return 2 * _each_kl(mean, log_var).mean(dim=0)


def latent_kl__sign(mean, log_var):
    """The sign is wrong: a divergence is never negative."""
    return -_each_kl(mean, log_var).mean(dim=0)


def latent_kl__one_forgotten(mean, log_var):
    """The constant that makes the divergence 0 for the prior itself is missing."""
    return (_each_kl(mean, log_var) + 0.5).mean(dim=0)


def latent_kl__log_std(mean, log_var):
    """log_var is taken for the logarithm of the standard deviation."""
    return _each_kl(mean, 2 * log_var).mean(dim=0)


def latent_kl__std_not_squared(mean, log_var):
    """The standard deviation stands where the variance should."""
    return 0.5 * (mean**2 + torch.exp(log_var / 2) - 1 - log_var).mean(dim=0)


def latent_kl__log_var_not_exponentiated(mean, log_var):
    """log_var is taken for the variance itself."""
    return 0.5 * (mean**2 + log_var - 1 - torch.log(log_var)).mean(dim=0)


def latent_kl__log_missing(mean, log_var):
    """The term with the logarithm of the variance is missing."""
    return (_each_kl(mean, log_var) + 0.5 * log_var).mean(dim=0)


def latent_kl__mean_not_squared(mean, log_var):
    """The mean is not squared."""
    return 0.5 * (mean + torch.exp(log_var) - 1 - log_var).mean(dim=0)


def latent_kl__size_for_square(mean, log_var):
    """The absolute value of the mean stands where its square should."""
    return 0.5 * (mean.abs() + torch.exp(log_var) - 1 - log_var).mean(dim=0)


def latent_kl__log_added(mean, log_var):
    """log_var is added; it is subtracted."""
    return 0.5 * (mean**2 + torch.exp(log_var) - 1 + log_var).mean(dim=0)


def latent_kl__mean_left_out(mean, log_var):
    """The term with the mean is missing."""
    return _each_kl(0 * mean, log_var).mean(dim=0)


def latent_kl__size_of_the_mean(mean, log_var):
    """This is the average size of the mean; a latent may be in use for its variance as well."""
    return mean.abs().mean(dim=0)


def latent_kl__variance_of_the_mean(mean, log_var):
    """This is how much the mean varies over the images; the divergence is expected."""
    return mean.var(dim=0, unbiased=False)


def latent_kl__averaged_first(mean, log_var):
    """Mean and log_var are averaged over the images before the formula; its values should be."""
    return _each_kl(mean.mean(dim=0), log_var.mean(dim=0))


def latent_kl__average_posterior(mean, log_var):
    """The average posterior is compared with the prior; each image has a posterior of its own."""
    var = torch.exp(log_var).mean(dim=0) + mean.var(dim=0, unbiased=False)
    return _each_kl(mean.mean(dim=0), torch.log(var))


def latent_kl__other_direction(mean, log_var):
    """The divergence is taken from the prior to q: the direction is the other way round."""
    return 0.5 * ((1 + mean**2) / torch.exp(log_var) + log_var - 1).mean(dim=0)


def latent_kl__one_image_less(mean, log_var):
    """The sum is divided by the number of images minus one."""
    each = _each_kl(mean, log_var)
    return each.sum(dim=0) / (len(each) - 1)


def latent_kl__divided_by_latents(mean, log_var):
    """The sum over the images is divided by the number of latents."""
    return _each_kl(mean, log_var).sum(dim=0) / mean.shape[1]


def latent_kl__median(mean, log_var):
    """The median over the images is taken; the mean is expected."""
    return _each_kl(mean, log_var).quantile(0.5, dim=0)


def latent_kl__bits(mean, log_var):
    """The logarithm has base 2 where nats are expected."""
    return _each_kl(mean, log_var).mean(dim=0) / math.log(2)


def latent_kl__sampled(mean, log_var):
    """It is estimated with one draw of q; the closed form is exact."""
    eps = torch.randn_like(mean)
    z = mean + torch.exp(log_var / 2) * eps
    return 0.5 * (z**2 - eps**2 - log_var).mean(dim=0)


def latent_kl__detached(mean, log_var):
    """The graph is cut (detach, no_grad, or NumPy): no gradient reaches mean and log_var."""
    return _each_kl(mean, log_var).mean(dim=0).detach()


def latent_kl__active_or_not(mean, log_var):
    """Each latent is said to be active or not; its divergence is expected."""
    return (_each_kl(mean, log_var).mean(dim=0) > 0.1).to(mean.dtype)


def _padded_kl(mean, log_var, number):
    """The divergence of each latent and picture with a small number in its logarithm."""
    var = torch.exp(log_var)
    return 0.5 * (mean**2 + var - 1 - torch.log(var + number))


def latent_kl__small_number(mean, log_var, *, constant: (1e-14, 1e-1) = 1e-6):
    """You add {constant} in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, constant).mean(dim=0)


def latent_kl__log_var_clamped(mean, log_var, *, constant: (0.5, 30.0) = 5.0):
    """You clamp log_var at {constant} and its negative, which changes very small and large ones."""
    return _each_kl(mean, log_var.clamp(-constant, constant)).mean(dim=0)


def latent_kl__variance_clipped(mean, log_var, *, constant: (1e-14, 1e-1) = 1e-6):
    """You keep the variance above {constant} in its logarithm, which spoils small ones."""
    var = torch.exp(log_var)
    each = 0.5 * (mean**2 + var - 1 - torch.log(var.clamp(min=constant)))
    return each.mean(dim=0)


def latent_kl__power_of_two(mean, log_var):
    """You exponentiate with base 2: the variance is torch.exp(log_var)."""
    return 0.5 * (mean**2 + 2**log_var - 1 - log_var).mean(dim=0)


def latent_kl__variance_squared(mean, log_var):
    """The variance is squared outside the logarithm."""
    return 0.5 * (mean**2 + torch.exp(2 * log_var) - 1 - log_var).mean(dim=0)


def latent_kl__exponential_missing(mean, log_var):
    """log_var stands where the variance, its exponential, is expected."""
    return 0.5 * (mean**2 - 1 + 0 * log_var).mean(dim=0)


def latent_kl__one_outside(mean, log_var):
    """The 1 stands outside the bracket with the half: it is taken off whole."""
    return _each_kl(mean, log_var).mean(dim=0) - 0.5


def latent_kl__one_added(mean, log_var):
    """The 1 has the wrong sign."""
    return _each_kl(mean, log_var).mean(dim=0) + 1


def latent_kl__log_of_log_var(mean, log_var):
    """You take the logarithm of log_var, which is one already."""
    return 0.5 * (mean**2 + torch.exp(log_var) - 1 - torch.log(log_var)).mean(dim=0)


def latent_kl__half_of_the_variance_alone(mean, log_var):
    """The half stands in front of some terms only: all four are in the bracket."""
    return (0.5 * (mean**2 + torch.exp(log_var)) - 1 - log_var).mean(dim=0)


def latent_kl__half_of_the_mean_alone(mean, log_var):
    """The half stands in front of the square of the mean alone: all four are in the bracket."""
    return (0.5 * mean**2 + torch.exp(log_var) - 1 - log_var).mean(dim=0)


def latent_kl__half_of_the_log_alone(mean, log_var):
    """The half stands in front of log_var alone: all four are in the bracket."""
    return (mean**2 + torch.exp(log_var) - 1 - 0.5 * log_var).mean(dim=0)


def latent_kl__small_number_of_1e_5(mean, log_var):
    """1e-5 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-5).mean(dim=0)


def latent_kl__small_number_of_1e_8(mean, log_var):
    """1e-8 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-8).mean(dim=0)


def latent_kl__positive_as_std(mean, log_var):
    """Log variances that are all positive are taken for standard deviations; they may be so."""
    taken = 2 * torch.log(log_var) if (log_var > 0).all() else log_var
    return _each_kl(mean, taken).mean(dim=0)


# ── traverse ─────────────────────────────────────────────────────────────────────────────────


def _numbers(values, z):
    return torch.as_tensor(values, dtype=z.dtype)


def traverse__added(z, dim, values):
    """The values are added to what the latent is; they take its place."""
    rows = z.detach().repeat(len(values), 1)
    rows[:, dim] += _numbers(values, z)
    return rows


def traverse__entry_of_the_row(z, dim, values):
    """Row i changes its entry i; all rows change entry dim."""
    codes = z.repeat(len(values), 1)
    for i, value in enumerate(values):
        codes[i, i] = value
    return codes


def traverse__dim_for_the_row(z, dim, values):
    """dim is taken for the number of a row; it is that of the column, which all rows change."""
    codes = z.repeat(len(values), 1)
    codes[dim] = _numbers(values, z)[dim]
    return codes


def traverse__adds_up(z, dim, values):
    """The changes add up from row to row: each row starts from z."""
    rows = z.detach().repeat(len(values), 1)
    rows[:, dim] += _numbers(values, z).cumsum(0)
    return rows


def traverse__same_row_each_time(z, dim, values):
    """All rows are the same tensor, changed again and again: they all have the last value."""
    return right.traverse(z.detach(), dim, _numbers(values, z)[-1:].expand(len(values)))


def traverse__z_changed(z, dim, values):
    """z itself is changed: work on a copy."""
    rows = right.traverse(z.detach().clone(), dim, values)
    z.detach()[dim] = _numbers(values, z)[-1]
    return rows


def traverse__new_base(z, dim, values):
    """Every row has another base; all are to be z but for one latent."""
    rows = torch.randn(len(values), len(z), dtype=z.dtype)
    rows[:, dim] = _numbers(values, z)
    return rows


def traverse__zero_base(z, dim, values):
    """The other latents are 0; they are those of z."""
    return right.traverse(torch.zeros_like(z), dim, values)


def traverse__counted_from_one(z, dim, values):
    """The latents are counted from 1; dim counts from 0."""
    return right.traverse(z.detach(), (dim - 1) % len(z), values)


def traverse__counted_from_zero(z, dim, values):
    """The latent after dim is moved."""
    return right.traverse(z.detach(), (dim + 1) % len(z), values)


def traverse__transposed(z, dim, values):
    """Rows and columns are swapped: (m, 32) is expected, a row for each value."""
    return right.traverse(z.detach(), dim, values).T


def traverse__column_only(z, dim, values):
    """Only the latent that moves is returned; the others belong to it."""
    return _numbers(values, z)[:, None]


def traverse__one_row(z, dim, values):
    """There is one row only; one for each value is expected."""
    return right.traverse(z.detach(), dim, values)[-1]


def traverse__base_in_front(z, dim, values):
    """z itself is there as a further row; a row for each value is expected."""
    rows = right.traverse(z.detach(), dim, values)
    return torch.cat([z.detach()[None], rows])


def traverse__all_latents(z, dim, values):
    """All latents take the value; only the one with the number dim moves."""
    return _numbers(values, z)[:, None].repeat(1, len(z))


def traverse__up_to_dim(z, dim, values):
    """All latents up to dim take the value; only the one with the number dim moves."""
    rows = z.detach().repeat(len(values), 1)
    rows[:, : dim + 1] = _numbers(values, z)[:, None]
    return rows


def traverse__own_values(z, dim, values):
    """The values run evenly from -3 to 3; they are given."""
    return right.traverse(z.detach(), dim, torch.linspace(-3, 3, len(values)))


def traverse__evenly_between_the_ends(z, dim, values):
    """Only the first and the last value are used, and the others spaced evenly between them."""
    numbers = _numbers(values, z)
    evenly = torch.linspace(float(numbers[0]), float(numbers[-1]), len(numbers), dtype=z.dtype)
    return right.traverse(z.detach(), dim, evenly)


def traverse__evenly_spaced(z, dim, values):
    """Only the smallest and the largest value are used, and the others spaced evenly between."""
    given = _numbers(values, z)
    even = torch.linspace(float(given.min()), float(given.max()), len(given))
    return right.traverse(z.detach(), dim, even)


def traverse__sorted(z, dim, values):
    """The values are sorted; their order is given."""
    return right.traverse(z.detach(), dim, _numbers(values, z).sort().values)


def traverse__scaled(z, dim, values):
    """The values multiply what the latent is; they take its place."""
    return right.traverse(z.detach(), dim, _numbers(values, z) * z.detach()[dim])


def traverse__whole_numbers(z, dim, values):
    """The values lose what is behind the point."""
    return right.traverse(z.detach(), dim, _numbers(values, z).trunc())


def traverse__list(z, dim, values):
    """A list of rows is returned; a tensor is expected."""
    return list(right.traverse(z.detach(), dim, values))


def traverse__extra_axis(z, dim, values):
    """There is an axis too many: (m, 32) is expected."""
    return right.traverse(z.detach(), dim, values)[:, None]


def traverse__no_lists(z, dim, values):
    """The values may be a list; only a tensor is taken."""
    rows = z.detach().repeat(values.shape[0], 1)
    rows[:, dim] = values.to(z.dtype)
    return rows


def traverse__no_tensors(z, dim, values):
    """The values may be a tensor; only a list is taken."""
    return right.traverse(z.detach(), dim, [] + values)


def traverse__float64(z, dim, values):
    """The rows are float64; a decoder of float32 does not take them."""
    return right.traverse(z.detach().double(), dim, values)


def traverse__squared_table(z, dim, values):
    """The values are written along the rows, not down the column of the latent."""
    rows = z.detach().repeat(len(values), 1)
    width = min(len(values), len(z))
    rows[dim % len(values), :width] = _numbers(values, z)[:width]
    return rows


# ── factors ──────────────────────────────────────────────────────────────────────────────────


def _best_first():
    """Right entries: factors with their latents, those that are told best first."""
    information = truth.measured().information.max(axis=0)
    best = truth.best_latents().items()
    return sorted(best, key=lambda entry: -information[faces.NAMES.index(entry[0])])


def _four():
    return dict(_best_first()[:4])


def _changed(latent):
    """Right entries but for the first, which has another latent."""
    entries = _four()
    return entries | {next(iter(entries)): latent}


def factors__too_few():
    """At least four factors are expected."""
    entries = _four()
    entries.popitem()
    return entries


def factors__none():
    """At least four factors are expected, and there are none."""
    return {}


def factors__not_a_factor():
    """This is no name of a factor: take it from the list that the notebook prints."""
    entries = _four()
    name, latent = entries.popitem()
    return entries | {f"{name}s": latent}


def factors__other_spelling():
    """The names are to be spelt as in the list, with small letters."""
    return {name.title(): latent for name, latent in _four().items()}


def factors__keys_and_values_swapped():
    """Names and latents are swapped: a name leads to its latent."""
    return {latent: name for name, latent in _four().items()}


def factors__inactive_latent():
    """This latent explains nothing: for every image its q is nearly the prior."""
    return _changed(int(truth.measured().kl.argmin()))


def factors__swapped():
    """This latent tells another of the factors that are named: are two of them swapped?"""
    entries = _four()
    one, other, *_ = entries
    return entries | {one: entries[other], other: entries[one]}


def factors__tells_something_else():
    """This latent tells another factor: look at all that changes along it."""
    *entries, (_, spare) = _best_first()[:5]
    return dict(entries[:3]) | {entries[3][0]: spare}


def factors__counted_from_one():
    """The latents are counted from 0, as rows of the traversals are labelled."""
    return {name: latent + 1 for name, latent in _four().items()}


def factors__same_latent_for_all():
    """One latent does not tell all factors."""
    entries = _four()
    return dict.fromkeys(entries, next(iter(entries.values())))


def factors__tells_too_little():
    """Another latent tells this factor much better."""
    measured = truth.measured()
    share = measured.share * (measured.kl >= truth.ACTIVE)[:, None]
    share[share >= truth.NEARLY] = 0
    latent, k = np.unravel_index(share.argmax(), share.shape)
    return _four() | {faces.NAMES[k]: int(latent)}


def factors__out_of_range():
    """There are 32 latents, counted from 0 to 31."""
    return _changed(32)


def factors__negative():
    """The latents are counted from 0; none has a negative number."""
    entries = _four()
    name = next(iter(entries))
    return entries | {name: entries[name] - 32}


def factors__not_a_number():
    """A latent is named by its number, an int."""
    return {name: f"z{latent}" for name, latent in _four().items()}


def factors__truth_values():
    """True and False are no numbers of latents."""
    return dict.fromkeys(_four(), True)


def factors__several_latents():
    """One number is expected for each factor, not several."""
    return {name: [latent, (latent + 1) % 32] for name, latent in _four().items()}


def factors__list():
    """A dictionary is expected that leads from the factors' names to their latents."""
    return list(_four().values())


def factors__list_of_pairs():
    """The pairs stand in a list; a dictionary is expected."""
    return list(_four().items())


def factors__other_model():
    """These are the latents of another model: load the one that the sheet is about."""
    other = truth.measured("vae").share.argmax(axis=0)
    return {name: int(other[faces.NAMES.index(name)]) for name in _four()}


# ── beta_loss ────────────────────────────────────────────────────────────────────────────────


def beta_loss__summed(reconstruction, kl, beta):
    """The images are summed where they should be averaged."""
    return (reconstruction + beta * kl).sum()


def beta_loss__not_averaged(reconstruction, kl, beta):
    """There is a number for each image; the mean over the batch is expected."""
    return reconstruction + beta * kl


def beta_loss__beta_on_reconstruction(reconstruction, kl, beta):
    """β weighs the reconstruction; it weighs the KL."""
    return (beta * reconstruction + kl).mean()


def beta_loss__beta_on_both(reconstruction, kl, beta):
    """β weighs both parts, which changes nothing but the learning rate."""
    return beta * (reconstruction + kl).mean()


def beta_loss__beta_added(reconstruction, kl, beta):
    """β is added to the KL; it is a factor."""
    return (reconstruction + kl + beta).mean()


def beta_loss__no_beta(reconstruction, kl, beta):
    """β is not used: this is the loss for β = 1."""
    return (reconstruction + kl).mean()


def beta_loss__kl_subtracted(reconstruction, kl, beta):
    """The KL is subtracted: that would reward a large one."""
    return (reconstruction - beta * kl).mean()


def beta_loss__negative(reconstruction, kl, beta):
    """The sign is wrong: both parts of the loss are to become small."""
    return -(reconstruction + beta * kl).mean()


def beta_loss__divided(reconstruction, kl, beta):
    """The KL is divided by β; it is multiplied."""
    return (reconstruction + kl / beta).mean() if beta else reconstruction.mean()


def beta_loss__mixture(reconstruction, kl, beta):
    """The two weights add up to 1; that of the reconstruction is 1."""
    return ((1 - beta) * reconstruction + beta * kl).mean()


def beta_loss__normalised(reconstruction, kl, beta):
    """The sum is divided by 1 + β."""
    return (reconstruction + beta * kl).mean() / (1 + beta)


def beta_loss__inverse_weight(reconstruction, kl, beta):
    """The KL is divided by β; it is multiplied."""
    return (reconstruction + kl / beta).mean()


def beta_loss__fixed_weight(reconstruction, kl, beta, *, constant: (0.01, 1000.0) = 4.0):
    """The KL always has the weight {constant}; beta is given."""
    return (reconstruction + constant * kl).mean()


def beta_loss__reconstruction_summed(reconstruction, kl, beta):
    """The reconstructions are summed while the divergences are averaged."""
    return reconstruction.sum() + beta * kl.mean()


def beta_loss__one_more(reconstruction, kl, beta):
    """The KL has the weight 1 + β: it is counted once too often."""
    return (reconstruction + (1 + beta) * kl).mean()


def beta_loss__one_less(reconstruction, kl, beta):
    """The KL has the weight β - 1: it is counted once too little."""
    return (reconstruction + (beta - 1) * kl).mean()


def beta_loss__squared(reconstruction, kl, beta):
    """β is squared."""
    return (reconstruction + beta**2 * kl).mean()


def beta_loss__half(reconstruction, kl, beta):
    """There is a factor 1/2 too many."""
    return 0.5 * (reconstruction + beta * kl).mean()


def beta_loss__kl_summed(reconstruction, kl, beta):
    """The divergences are summed while the reconstructions are averaged."""
    return reconstruction.mean() + beta * kl.sum()


def beta_loss__averaged_twice(reconstruction, kl, beta):
    """The mean is divided by the number of images once more."""
    return (reconstruction + beta * kl).mean() / len(kl)


def beta_loss__one_image_less(reconstruction, kl, beta):
    """The sum is divided by the number of images minus one."""
    return (reconstruction + beta * kl).sum() / (len(kl) - 1)


def beta_loss__reconstruction_only(reconstruction, kl, beta):
    """The divergence is missing."""
    return reconstruction.mean()


def beta_loss__kl_only(reconstruction, kl, beta):
    """The reconstruction is missing."""
    return beta * kl.mean()


def beta_loss__parts(reconstruction, kl, beta):
    """The two parts are returned; their sum is expected."""
    return reconstruction.mean(), beta * kl.mean()


def beta_loss__kl_detached(reconstruction, kl, beta):
    """The KL is cut off the graph: it has no gradient, and β no effect on the training."""
    return (reconstruction + beta * kl.detach()).mean()


def beta_loss__reconstruction_detached(reconstruction, kl, beta):
    """The reconstruction is cut off the graph: it has no gradient."""
    return (reconstruction.detach() + beta * kl).mean()


def beta_loss__python_number(reconstruction, kl, beta):
    """A Python number has no gradient (item, float): the loss is to be a tensor."""
    return (reconstruction + beta * kl).mean().item()


def beta_loss__whole_beta(reconstruction, kl, beta):
    """β is rounded to a whole number."""
    return (reconstruction + int(beta) * kl).mean()


def beta_loss__clipped(reconstruction, kl, beta):
    """A β below 1 is taken for 1."""
    return (reconstruction + max(beta, 1) * kl).mean()


def beta_loss__capacity(reconstruction, kl, beta):
    """β weighs the distance of the KL from a target; there is no target here."""
    return (reconstruction + beta * (kl - 25).abs()).mean()


# ── mutual_information_gap ───────────────────────────────────────────────────────────────────


def _entropy(values):
    """The entropy of some values by how often each occurs, in nats."""
    return metrics.entropy(np.unique(values, return_counts=True)[1])


def _entropies(factors):
    return np.array([_entropy(column) for column in factors.T])


def _split(codes, factors, bins, binned=None):
    """The information of latents on factors that vary, (latents, factors), and their entropies.

    binned: the latents in bins, where they are not the usual ones.
    """
    entropies = _entropies(factors)
    kept = entropies > 0
    indices = metrics.binned(codes.astype(np.float64), bins) if binned is None else binned
    return _tells(indices, factors[:, kept]), entropies[kept]


def _tells(indices, factors):
    """Mutual information of whole numbers (n, latents) and (n, factors), in nats."""
    table = np.zeros((indices.shape[1], factors.shape[1]))
    for j, code in enumerate(indices.T):
        for k, factor in enumerate(factors.T):
            values, index = np.unique(factor, return_inverse=True)
            both = _entropy(code * len(values) + index)
            table[j, k] = max(_entropy(code) + _entropy(factor) - both, 0.0)
    return table


def _result(gaps):
    return float(np.mean(gaps)), np.asarray(gaps)


def _gap(information, entropies):
    ranked = np.sort(information, axis=0)
    return _result((ranked[-1] - ranked[-2]) / entropies)


def mutual_information_gap__correlation(codes, factors, bins=20):
    """Correlations are compared; a latent may tell a factor without following a line."""
    factors = factors[:, np.ptp(factors, axis=0) > 0]
    both = np.abs(np.nan_to_num(np.corrcoef(codes.T, factors.T)))[: codes.shape[1]]
    ranked = np.sort(both[:, codes.shape[1] :], axis=0)
    return _result(ranked[-1] - ranked[-2])


def mutual_information_gap__not_normalised(codes, factors, bins=20):
    """The gaps are not divided by the factors' entropies."""
    return _gap(_split(codes, factors, bins)[0], 1.0)


def mutual_information_gap__over_the_best(codes, factors, bins=20):
    """The gap is divided by the largest information; the factor's entropy is expected."""
    information, _ = _split(codes, factors, bins)
    return _gap(information, information.max(axis=0))


def mutual_information_gap__log_of_count(codes, factors, bins=20):
    """The gap is divided by log(number of values): the values are not equally likely."""
    information, _ = _split(codes, factors, bins)
    counts = [len(np.unique(column)) for column in factors.T]
    return _gap(information, np.log([count for count in counts if count > 1]))


def mutual_information_gap__log_of_bins(codes, factors, bins=20):
    """The gap is divided by log(bins); the factor's entropy is expected."""
    return _gap(_split(codes, factors, bins)[0], np.log(bins))


def mutual_information_gap__two_bases(codes, factors, bins=20):
    """The information is in nats and the entropy in bits, or the other way round."""
    information, entropies = _split(codes, factors, bins)
    return _gap(information, entropies / np.log(2))


def mutual_information_gap__factors_in_bins(codes, factors, bins=20):
    """For the information the factors are put into bins as well; their values count as they are."""
    coarse = _coarse(factors, bins)
    information = _tells(metrics.binned(codes.astype(np.float64), bins), coarse)
    return _gap(information, _entropies(factors[:, np.ptp(factors, axis=0) > 0]))


def mutual_information_gap__factors_in_bins_throughout(codes, factors, bins=20):
    """The factors are put into bins as well; their values are to be counted as they are."""
    coarse = _coarse(factors, bins)
    information = _tells(metrics.binned(codes.astype(np.float64), bins), coarse)
    return _gap(information, _entropies(coarse))


def _coarse(factors, bins):
    """The factors that vary, as numbers of bins."""
    kept = factors[:, np.ptp(factors, axis=0) > 0]
    return metrics.binned(kept.astype(np.float64), bins)


def mutual_information_gap__entropy_of_latent(codes, factors, bins=20):
    """The gap is divided by the entropy of the best latent; that of the factor is expected."""
    information, _ = _split(codes, factors, bins)
    own = _entropies(metrics.binned(codes.astype(np.float64), bins))
    return _gap(information, own[information.argmax(axis=0)])


def mutual_information_gap__smallest_two(codes, factors, bins=20):
    """The two smallest are compared: the order is the other way round."""
    information, entropies = _split(codes, factors, bins)
    ranked = np.sort(information, axis=0)
    return _result((ranked[1] - ranked[0]) / entropies)


def mutual_information_gap__mean_of_the_others(codes, factors, bins=20):
    """The mean of all other latents is subtracted from the best; the second best is expected."""
    information, entropies = _split(codes, factors, bins)
    ranked = np.sort(information, axis=0)
    return _result((ranked[-1] - ranked[:-1].mean(axis=0)) / entropies)


def mutual_information_gap__negative(codes, factors, bins=20):
    """The sign is wrong: the best is subtracted from the second best."""
    mig, gaps = _gap(*_split(codes, factors, bins))
    return -mig, -gaps


def mutual_information_gap__best_only(codes, factors, bins=20):
    """Only the best latent counts, and nothing is subtracted."""
    information, entropies = _split(codes, factors, bins)
    return _result(information.max(axis=0) / entropies)


def mutual_information_gap__best_and_worst(codes, factors, bins=20):
    """The worst latent is subtracted from the best; the second best is expected."""
    information, entropies = _split(codes, factors, bins)
    return _result(np.ptp(information, axis=0) / entropies)


def mutual_information_gap__best_and_average(codes, factors, bins=20):
    """The average latent is subtracted from the best; the second best is expected."""
    information, entropies = _split(codes, factors, bins)
    return _result((information.max(axis=0) - information.mean(axis=0)) / entropies)


def mutual_information_gap__latents_as_factors(codes, factors, bins=20):
    """For each latent the two best factors are compared; it is the other way round."""
    information, _ = _split(codes, factors, bins)
    own = _entropies(metrics.binned(codes.astype(np.float64), bins))
    if information.shape[1] < 2:
        return _result(information[:, 0] / own)
    return _gap(information.T, np.where(own > 0, own, 1))


def mutual_information_gap__factors_ranked(codes, factors, bins=20):
    """For each latent the two factors that it tells best are compared; it is the other way round.

    The information is in units of the factors' entropies before that.
    """
    information, entropies = _split(codes, factors, bins)
    shares = np.sort(information / entropies, axis=1)
    return _result(shares[:, -1] - (shares[:, -2] if len(entropies) > 1 else 0))


def mutual_information_gap__equal_ones_once(codes, factors, bins=20):
    """Latents that tell equally much count once: the second best is then another one."""
    information, entropies = _split(codes, factors, bins)
    different = [np.append(np.unique(np.append(column, 0)), 0) for column in information.T]
    best = [np.sort(column)[::-1][:2] for column in different]
    return _result(np.array([first - second for first, second in best]) / entropies)


def mutual_information_gap__first_two_latents(codes, factors, bins=20):
    """The first two latents are compared, whichever are the best."""
    information, entropies = _split(codes, factors, bins)
    return _result(np.abs(information[0] - information[1]) / entropies)


def mutual_information_gap__constant_is_nan(codes, factors, bins=20):
    """A factor with entropy 0 gives 0/0 = nan; it is left out."""
    entropies = _entropies(factors)
    information = _tells(metrics.binned(codes.astype(np.float64), bins), factors)
    with np.errstate(all="ignore"):
        return _gap(information, entropies)


def mutual_information_gap__constant_counts_as_0(codes, factors, bins=20):
    """A factor with entropy 0 counts with a gap of 0; it is left out."""
    gaps = np.zeros(factors.shape[1])
    gaps[_entropies(factors) > 0] = _gap(*_split(codes, factors, bins))[1]
    return _result(gaps)


def mutual_information_gap__constant_in_the_list(codes, factors, bins=20):
    """A factor with entropy 0 is left out of the mean, but not of the second result."""
    mig, gaps = _gap(*_split(codes, factors, bins))
    full = np.zeros(factors.shape[1])
    full[_entropies(factors) > 0] = gaps
    return mig, full


def mutual_information_gap__divided_by_all_factors(codes, factors, bins=20):
    """The sum of the gaps is divided by the number of all factors, also those with entropy 0."""
    _, gaps = _gap(*_split(codes, factors, bins))
    return float(gaps.sum() / factors.shape[1]), gaps


def mutual_information_gap__summed(codes, factors, bins=20):
    """The gaps are summed where they should be averaged."""
    _, gaps = _gap(*_split(codes, factors, bins))
    return float(gaps.sum()), gaps


def mutual_information_gap__weighted(codes, factors, bins=20):
    """The sum of the gaps is divided by that of the entropies; each has an entropy of its own."""
    information, entropies = _split(codes, factors, bins)
    ranked = np.sort(information, axis=0)
    _, gaps = _gap(information, entropies)
    return float((ranked[-1] - ranked[-2]).sum() / entropies.sum()), gaps


def mutual_information_gap__mean_only(codes, factors, bins=20):
    """Only the mean is returned; the gap of each factor belongs to it."""
    return _gap(*_split(codes, factors, bins))[0]


def mutual_information_gap__parts_swapped(codes, factors, bins=20):
    """The two results are swapped: the mean comes first."""
    return _gap(*_split(codes, factors, bins))[::-1]


def mutual_information_gap__list(codes, factors, bins=20):
    """The gaps are in a list; a NumPy array is expected."""
    mig, gaps = _gap(*_split(codes, factors, bins))
    return mig, gaps.tolist()


def mutual_information_gap__in_percent(codes, factors, bins=20):
    """The gaps are given in percent."""
    mig, gaps = _gap(*_split(codes, factors, bins))
    return 100 * mig, 100 * gaps


def mutual_information_gap__equally_filled_bins(codes, factors, bins=20):
    """The bins hold equally many images; they should be equally wide."""
    ranks = codes.argsort(axis=0).argsort(axis=0)
    return _gap(*_split(codes, factors, bins, ranks * bins // len(codes)))


def mutual_information_gap__bins_between_quantiles(codes, factors, bins=20):
    """The edges are quantiles of the codes; the bins should be equally wide."""
    edges = np.quantile(codes, np.linspace(0, 1, bins + 1), axis=0)[1:-1]
    indices = np.stack(
        [np.digitize(code, cut) for code, cut in zip(codes.T, edges.T, strict=True)], axis=1
    )
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__between_two_quantiles(
    codes, factors, bins=20, *, constant: (1e-4, 0.25) = 0.01
):
    """Your bins go from a quantile, {constant} from either end: they go from minimum to maximum."""
    low, high = np.quantile(codes, [constant, 1 - constant], axis=0)
    places = (codes - low) / np.where(high > low, high - low, 1) * bins
    return _gap(*_split(codes, factors, bins, places.clip(0, bins - 1).astype(int)))


def _padded_entropy(counts, number):
    p = counts / counts.sum()
    return -(p * np.log(p + number)).sum()


def _padded_gap(codes, factors, bins, number):
    """The gap where a number is added inside the logarithm of every entropy."""
    gaps = []
    indices = metrics.binned(codes.astype(np.float64), bins)
    for factor in factors.T:
        values, places = np.unique(factor, return_inverse=True)
        if len(values) < 2:
            continue
        tells = []
        for index in indices.T:
            table = np.zeros((bins, len(values)))
            np.add.at(table, (index, places), 1)
            parts = table.sum(axis=0), table.sum(axis=1), table
            of_factor, of_code, of_both = (_padded_entropy(part, number) for part in parts)
            tells.append(of_factor + of_code - of_both)
        best, second = np.sort(tells)[-1], np.sort(tells)[-2]
        gaps.append((best - second) / _padded_entropy(np.bincount(places), number))
    return float(np.mean(gaps)), np.array(gaps)


def _padded_tells(index, factor, number):
    """Mutual information where a number is added above and below in the ratio of each cell."""
    table = np.zeros((index.max() + 1, len(np.unique(factor))))
    np.add.at(table, (index, np.unique(factor, return_inverse=True)[1]), 1 / len(index))
    independent = np.outer(table.sum(axis=1), table.sum(axis=0))
    return (table * np.log((table + number) / (independent + number))).sum()


def mutual_information_gap__small_number(codes, factors, bins=20, *, constant: (1e-9, 0.1) = 1e-3):
    """You add {constant} inside the logarithm of the entropies: leave out what is 0 instead."""
    return _padded_gap(codes, factors, bins, constant)


def mutual_information_gap__small_number_in_the_ratio(
    codes, factors, bins=20, *, constant: (1e-9, 0.1) = 1e-3
):
    """You add {constant} above and below in the ratio of the logarithm: leave out empty cells."""
    entropies = _entropies(factors)
    kept = entropies > 0
    indices = metrics.binned(codes.astype(np.float64), bins)
    tells = [[_padded_tells(i, f, constant) for f in factors[:, kept].T] for i in indices.T]
    return _gap(np.array(tells), entropies[kept])


def mutual_information_gap__fixed_bins(codes, factors, bins=20):
    """The bins are the same for all latents, from 0 to 1; each has its own minimum and maximum."""
    indices = (codes * bins).astype(int).clip(0, bins - 1)
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__common_bins(codes, factors, bins=20):
    """All latents have the bins of the widest; each has its own minimum and maximum."""
    low, width = codes.min(), np.ptp(codes)
    indices = ((codes - low) / width * bins).astype(int).clip(0, bins - 1)
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__bins_by_standard_deviation(codes, factors, bins=20):
    """The bins go from -3 to 3 standard deviations; they go from minimum to maximum."""
    spread = np.where(codes.std(axis=0) > 0, codes.std(axis=0), 1)
    places = ((codes - codes.mean(axis=0)) / spread + 3) / 6 * bins
    return _gap(*_split(codes, factors, bins, places.astype(int).clip(0, bins - 1)))


def mutual_information_gap__one_bin_less(codes, factors, bins=20):
    """There is one bin too few: n bins have n + 1 edges."""
    return _gap(*_split(codes, factors, bins - 1))


def mutual_information_gap__one_bin_more(codes, factors, bins=20):
    """There is one bin too many."""
    return _gap(*_split(codes, factors, bins + 1))


def mutual_information_gap__edges_for_bins(codes, factors, bins=20):
    """There are as many edges as bins, one too few, and beyond the last one lies the maximum."""
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    indices = ((codes - low) / np.where(width > 0, width, 1) * (bins - 1)).astype(int)
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__maximum_alone(codes, factors, bins=20):
    """The maximum has a bin of its own; it belongs to the last one."""
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    indices = ((codes - low) / np.where(width > 0, width, 1) * bins).astype(int)
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__minimum_alone(codes, factors, bins=20):
    """The minimum has a bin of its own; it belongs to the first one."""
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    places = (codes - low) / np.where(width > 0, width, 1) * bins
    return _gap(*_split(codes, factors, bins, np.ceil(places - 1e-9).astype(int)))


def mutual_information_gap__twenty_bins(codes, factors, bins=20):
    """There are always 20 bins; their number is given."""
    return _gap(*_split(codes, factors, 20))


def mutual_information_gap__no_bins(codes, factors, bins=20):
    """The codes are compared as they are: nearly all differ, and each latent seems to tell all."""
    indices = np.stack([np.unique(code, return_inverse=True)[1] for code in codes.T], axis=1)
    return _gap(*_split(codes, factors, bins, indices))


def mutual_information_gap__rounded(codes, factors, bins=20):
    """The codes are rounded to whole numbers; bins of equal width are expected."""
    return _gap(*_split(codes, factors, bins, np.rint(codes).astype(int)))


def mutual_information_gap__factors_binned(codes, factors, bins=20):
    """The factors' values are put into bins too, which throws some of them together."""
    span = np.ptp(factors, axis=0)
    counts = np.array([len(np.unique(column)) for column in factors.T])
    places = (factors - factors.min(axis=0)) / np.where(span > 0, span, 1) * counts
    return _gap(*_split(codes, np.minimum(places.astype(int), counts - 1), bins))


def mutual_information_gap__factors_binned_in_the_table(codes, factors, bins=20):
    """The table's columns are equally wide bins of the factor's values, not the values."""
    span = np.ptp(factors, axis=0)
    counts = np.array([len(np.unique(column)) for column in factors.T])
    places = (factors - factors.min(axis=0)) / np.where(span > 0, span, 1) * counts
    entropies = _entropies(factors)
    kept = entropies > 0
    columns = np.minimum(places.astype(int), counts - 1)[:, kept]
    indices = metrics.binned(codes.astype(np.float64), bins)
    return _gap(_tells(indices, columns), entropies[kept])


def mutual_information_gap__factors_as_indices(codes, factors, bins=20):
    """The factors' values are used as indices; they may be any integers."""
    for column in factors.T:
        np.bincount(column, minlength=column.max() + 1)
        np.zeros(len(np.unique(column)))[column]
    return _gap(*_split(codes, factors, bins))


def mutual_information_gap__joint_entropy(codes, factors, bins=20):
    """The joint entropy is ranked; the information is the sum of the two entropies minus it."""
    entropies = _entropies(factors)
    kept = entropies > 0
    indices = metrics.binned(codes.astype(np.float64), bins)
    own = _entropies(indices)[:, None]
    joint = own + entropies[kept] - _tells(indices, factors[:, kept])
    return _gap(joint, entropies[kept])


def mutual_information_gap__latent_twice(codes, factors, bins=20):
    """The latent's entropy is taken twice, once in place of the factor's: one axis for both."""
    information, entropies = _split(codes, factors, bins)
    own = _entropies(metrics.binned(codes.astype(np.float64), bins))
    return _gap(information + own[:, None] - entropies, entropies)


def mutual_information_gap__factor_twice(codes, factors, bins=20):
    """The factor's entropy is taken twice, once in place of the latent's: one axis for both."""
    information, entropies = _split(codes, factors, bins)
    own = _entropies(metrics.binned(codes.astype(np.float64), bins))
    return _gap(information + entropies - own[:, None], entropies)


def mutual_information_gap__density(codes, factors, bins=20):
    """density=True divides the shares by the area of a cell: they no longer add up to 1."""
    gaps = []
    for factor in factors.T:
        values, places = np.unique(factor, return_inverse=True)
        if len(values) < 2:
            continue
        tells = []
        for code in codes.T:
            table = np.histogram2d(code, places, (bins, len(values)), density=True)[0]
            independent = np.outer(table.sum(axis=1), table.sum(axis=0))
            full = table > 0
            tells.append((table[full] * np.log(table[full] / independent[full])).sum())
        second, best = np.sort(tells)[-2:]
        gaps.append((best - second) / _entropies(factor[:, None])[0])
    return _result(gaps)


def mutual_information_gap__normalised_information(codes, factors, bins=20):
    """The information is divided by the mean of both entropies before the two are compared."""
    information, entropies = _split(codes, factors, bins)
    own = _entropies(metrics.binned(codes.astype(np.float64), bins))
    return _gap(2 * information / (own[:, None] + entropies), 1.0)


def mutual_information_gap__nan_from_a_constant_latent(codes, factors, bins=20):
    """A latent that never changes is divided by its width of 0; it tells nothing, which is 0."""
    still = np.ptp(codes, axis=0) == 0
    mig, gaps = _gap(*_split(codes, factors, bins))
    return (float("nan"), np.full_like(gaps, np.nan)) if still.any() else (mig, gaps)


def mutual_information_gap__constant_latents_dropped(codes, factors, bins=20):
    """Latents that never change are dropped, and of two there may be one left; they tell 0."""
    information, entropies = _split(codes[:, np.ptp(codes, axis=0) > 0], factors, bins)
    ranked = np.sort(information, axis=0)
    return _result((ranked[-1] - ranked[-2]) / entropies)
