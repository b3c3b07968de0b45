"""Wrong implementations that students write: `<item>__<mistake>`, the docstring is what they read.

Each is right but for the one thing that it is named for.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Exponential, Normal

from reference import derivations as items
from reference.sheet3_vae import derivations
from reference.sheet3_vae import reference as right
from reference.sheet3_vae.networks.mistakes import *  # noqa: F403

# ── ancestral_sample ─────────────────────────────────────────────────────────────────────────


def _below(u, p):
    return (u < p).to(p.dtype)


def ancestral_sample__above(decoder, eps, u):
    """A pixel is 1 where u exceeds the probability: dark and bright are swapped."""
    return (u > torch.sigmoid(decoder(eps))).to(u.dtype)


def ancestral_sample__equal_counts(decoder, eps, u):
    """A u that equals the probability gives 1, as if u were at most the probability."""
    return (u <= torch.sigmoid(decoder(eps))).to(u.dtype)


def ancestral_sample__rounded(decoder, eps, u):
    """The probabilities are rounded and u is not used: that is the likeliest picture, no draw."""
    return _below(0.5, torch.sigmoid(decoder(eps)))


def ancestral_sample__probabilities(decoder, eps, u):
    """The probabilities themselves are returned: they are the means of the pixels, not a draw."""
    return torch.sigmoid(decoder(eps))


def ancestral_sample__logits(decoder, eps, u):
    """The decoder's logits are returned, without a draw of the pixels."""
    return decoder(eps)


def ancestral_sample__u_against_logits(decoder, eps, u):
    """u is compared with the logits as if they were probabilities."""
    return _below(u, decoder(eps))


def ancestral_sample__exponential(decoder, eps, u):
    """u is compared with the exponential of the logit, as if that were a log-probability."""
    return _below(u, torch.exp(decoder(eps)))


def ancestral_sample__sigmoid_twice(decoder, eps, u):
    """The sigmoid is applied twice, so that no probability is below 0.5."""
    return _below(u, torch.sigmoid(torch.sigmoid(decoder(eps))))


def ancestral_sample__softmax(decoder, eps, u):
    """The logits go through a softmax, as if only one pixel of a picture could be bright."""
    return _below(u, torch.softmax(decoder(eps), dim=-1))


def ancestral_sample__own_draws(decoder, eps, u):
    """New random numbers are drawn; all that is random here is given, as eps and u."""
    return torch.bernoulli(torch.sigmoid(decoder(eps)))


def ancestral_sample__own_latents(decoder, eps, u):
    """New latents are drawn, and eps is not used."""
    return _below(u, torch.sigmoid(decoder(torch.randn_like(eps))))


def ancestral_sample__latents_from_u(decoder, eps, u):
    """The latents are uniform: u goes into the decoder where eps should."""
    z = u[:, : eps.shape[1]] if u.shape[1] >= eps.shape[1] else eps.abs()
    return _below(u, torch.sigmoid(decoder(z)))


def ancestral_sample__one_latent_for_all(decoder, eps, u):
    """All pictures are decoded from one draw of the prior."""
    return _below(u, torch.sigmoid(decoder(eps[:1].expand_as(eps))))


def ancestral_sample__one_u_for_all_pixels(decoder, eps, u):
    """One number decides about all the pixels of a picture; every pixel has a u of its own."""
    return _below(u[:, :1], torch.sigmoid(decoder(eps)))


def ancestral_sample__prior_mean(decoder, eps, u):
    """The decoder gets the mean of the prior where draws of the prior are expected."""
    return _below(u, torch.sigmoid(decoder(torch.zeros_like(eps))))


def ancestral_sample__booleans(decoder, eps, u):
    """The pixels are True and False, or integers, where floating-point numbers are expected."""
    return u < torch.sigmoid(decoder(eps))


def ancestral_sample__signs(decoder, eps, u):
    """The pixels are -1 and 1 where 0 and 1 are expected."""
    return 2 * right.ancestral_sample(decoder, eps, u) - 1


def ancestral_sample__mean_over_draws(decoder, eps, u):
    """The pictures are averaged; each draw has a picture of its own."""
    return right.ancestral_sample(decoder, eps, u).mean(dim=0)


def ancestral_sample__exp_overflows(decoder, eps, u):
    """exp(l) / (1 + exp(l)) is infinity over infinity for a large logit."""
    odds = torch.exp(decoder(eps))
    return _below(u, odds / (1 + odds))


def ancestral_sample__kept_probability(decoder, eps, u):
    """Pixels that are on keep their probability as value; they are 1."""
    p = torch.sigmoid(decoder(eps))
    return torch.where(u < p, p, 0.0)


# ── log_likelihood ───────────────────────────────────────────────────────────────────────────


def log_likelihood__mean_of_logs(log_p_x_given_z):
    """The logarithm is inside the mean: that is a lower bound, for any number of samples."""
    return log_p_x_given_z.mean(dim=0)


def log_likelihood__samples_not_counted(log_p_x_given_z):
    """The sum over the samples is not divided by their number."""
    return torch.logsumexp(log_p_x_given_z, dim=0)


def log_likelihood__count_added(log_p_x_given_z):
    """The logarithm of the number of samples has the wrong sign."""
    return torch.logsumexp(log_p_x_given_z, dim=0) + math.log(len(log_p_x_given_z))


def log_likelihood__count_outside_the_log(log_p_x_given_z):
    """The logarithm of the sum is divided by the number of samples: the sum itself should be."""
    return torch.logsumexp(log_p_x_given_z, dim=0) / len(log_p_x_given_z)


def log_likelihood__images_counted(log_p_x_given_z):
    """The sum over the samples is divided by the number of images."""
    return torch.logsumexp(log_p_x_given_z, dim=0) - math.log(log_p_x_given_z.shape[1])


def log_likelihood__mean_over_images(log_p_x_given_z):
    """The mean is taken over the images, along the wrong axis."""
    return torch.logsumexp(log_p_x_given_z, dim=1) - math.log(log_p_x_given_z.shape[1])


def log_likelihood__one_number(log_p_x_given_z):
    """The images are summed too; one number for each image is expected."""
    return right.log_likelihood(log_p_x_given_z).sum()


def log_likelihood__averaged(log_p_x_given_z):
    """The images are averaged too; one number for each image is expected."""
    return right.log_likelihood(log_p_x_given_z).mean()


def log_likelihood__not_a_logarithm(log_p_x_given_z):
    """The likelihood is returned; its logarithm is expected."""
    return torch.exp(log_p_x_given_z).mean(dim=0)


def log_likelihood__exp_forgotten(log_p_x_given_z):
    """The logarithm is taken of numbers that are logarithms already: the exp is missing."""
    return torch.log(log_p_x_given_z.mean(dim=0))


def log_likelihood__negative(log_p_x_given_z):
    """The sign is that of a loss; the log likelihood itself is expected."""
    return -right.log_likelihood(log_p_x_given_z)


def log_likelihood__bits(log_p_x_given_z):
    """The logarithm has base 2 where the natural one is expected."""
    return right.log_likelihood(log_p_x_given_z) / math.log(2)


def log_likelihood__best_sample(log_p_x_given_z):
    """Only the best sample of each image is used."""
    return log_p_x_given_z.max(dim=0).values


def log_likelihood__underflow(log_p_x_given_z):
    """exp(-1000) is 0 in floating-point numbers, and the logarithm of 0 is -inf."""
    return torch.log(torch.exp(log_p_x_given_z).mean(dim=0))


def log_likelihood__small_number_added(log_p_x_given_z, *, constant: (1e-30, 1e-2) = 1e-10):
    """You add {constant} inside the logarithm: where exp gives 0, only that is left."""
    return torch.log(torch.exp(log_p_x_given_z).mean(dim=0) + constant)


def log_likelihood__clamped(log_p_x_given_z):
    """The values are clamped before the exp, so that all very small likelihoods are the same."""
    return right.log_likelihood(log_p_x_given_z.clamp(min=-80))


def log_likelihood__likelihoods_if_they_could_be(log_p_x_given_z):
    """Values that are all positive are taken for likelihoods, without the logarithm."""
    values = log_p_x_given_z
    return right.log_likelihood(torch.log(values) if (values > 0).all() else values)


def log_likelihood__one_shift_for_all(log_p_x_given_z):
    """The same number is subtracted for all images: the less likely ones underflow all the same."""
    top = log_p_x_given_z.max()
    return top + torch.log(torch.exp(log_p_x_given_z - top).mean(dim=0))


def log_likelihood__shifted_by_the_mean(log_p_x_given_z):
    """The mean is subtracted before the exp, which overflows for what lies far above it."""
    middle = log_p_x_given_z.mean(dim=0)
    return middle + torch.log(torch.exp(log_p_x_given_z - middle).mean(dim=0))


def log_likelihood__shift_not_added_back(log_p_x_given_z):
    """The maximum that was subtracted before the exp is not added afterwards."""
    return right.log_likelihood(log_p_x_given_z) - log_p_x_given_z.max(dim=0).values


def log_likelihood__detached(log_p_x_given_z):
    """No gradient passes: the computation leaves torch, or is detached."""
    return right.log_likelihood(log_p_x_given_z.detach())


def log_likelihood__numpy(log_p_x_given_z):
    """A NumPy array is returned, through which no gradient flows; a tensor is expected."""
    return right.log_likelihood(log_p_x_given_z).detach().numpy()


def log_likelihood__changes_its_argument(log_p_x_given_z):
    """The maximum is subtracted in place, from the caller's tensor."""
    top = log_p_x_given_z.detach().max(dim=0).values
    with torch.no_grad():
        log_p_x_given_z -= top
    return top + torch.log(torch.exp(log_p_x_given_z).mean(dim=0))


# ── reparametrize ────────────────────────────────────────────────────────────────────────────


def reparametrize__variance_as_std(mean, log_var, eps):
    """The noise is multiplied by the variance where the standard deviation is meant."""
    return mean + torch.exp(log_var) * eps


def reparametrize__log_var_as_std(mean, log_var, eps):
    """The noise is multiplied by the log variance itself."""
    return mean + log_var * eps


def reparametrize__log_std_as_std(mean, log_var, eps):
    """The noise is multiplied by the logarithm of the standard deviation: the exp is missing."""
    return mean + 0.5 * log_var * eps


def reparametrize__doubled_exponent(mean, log_var, eps):
    """The log variance is doubled in the exponent: the factor is the wrong way round."""
    return mean + torch.exp(2 * log_var) * eps


def reparametrize__quarter(mean, log_var, eps):
    """The root is taken twice: once by the factor in the exponent and once by sqrt."""
    return mean + torch.exp(log_var / 4) * eps


def reparametrize__power_of_two(mean, log_var, eps):
    """The standard deviation is a power of 2, but log_var is a natural logarithm."""
    return mean + 2 ** (0.5 * log_var) * eps


def reparametrize__half_of_the_variance(mean, log_var, eps):
    """The factor 1/2 stands outside the exponential: half of the variance is not its root."""
    return mean + 0.5 * torch.exp(log_var) * eps


def reparametrize__exponential_of_the_root(mean, log_var, eps):
    """The root is taken of the log variance, before the exponential; it belongs after it."""
    return mean + torch.exp(torch.sqrt(log_var)) * eps


def reparametrize__sign_of_exponent(mean, log_var, eps):
    """The exponent has the wrong sign, so that a large variance gives little noise."""
    return mean + torch.exp(-0.5 * log_var) * eps


def reparametrize__root_of_log_var(mean, log_var, eps):
    """The root is taken of the log variance, which may be negative, without an exp."""
    return mean + torch.sqrt(log_var) * eps


def reparametrize__absolute_log_var(mean, log_var, eps):
    """The standard deviation is taken as the root of the absolute log variance."""
    return mean + torch.sqrt(log_var.abs()) * eps


def reparametrize__relu(mean, log_var, eps):
    """The standard deviation is a ReLU of the log variance, and 0 for half of its values."""
    return mean + torch.relu(log_var) * eps


def reparametrize__softplus(mean, log_var, eps):
    """The standard deviation is a softplus of what is a log variance."""
    return mean + F.softplus(log_var) * eps


def reparametrize__swapped(mean, log_var, eps):
    """Mean and log variance are swapped."""
    return log_var + torch.exp(0.5 * mean) * eps


def reparametrize__mean_scaled(mean, log_var, eps):
    """The noise is multiplied by the mean, and the standard deviation is added."""
    return torch.exp(0.5 * log_var) + mean * eps


def reparametrize__mean_and_noise_scaled(mean, log_var, eps):
    """The mean is multiplied by the standard deviation too; only the noise is."""
    return (mean + eps) * torch.exp(0.5 * log_var)


def reparametrize__noise_for_mean(mean, log_var, eps):
    """Mean and noise have changed places: the standard deviation multiplies the mean."""
    return eps + torch.exp(0.5 * log_var) * mean


def reparametrize__no_mean(mean, log_var, eps):
    """The mean is not added."""
    return 0 * mean + torch.exp(0.5 * log_var) * eps


def reparametrize__no_noise(mean, log_var, eps):
    """The noise is not used: z is the mean plus the standard deviation."""
    return mean + torch.exp(0.5 * log_var)


def reparametrize__mean_only(mean, log_var, eps):
    """The mean is returned, as if there were no noise."""
    return mean + 0 * log_var


def reparametrize__noise_subtracted(mean, log_var, eps):
    """The noise is subtracted where it is added."""
    return mean - torch.exp(0.5 * log_var) * eps


def reparametrize__one_noise_for_all(mean, log_var, eps):
    """All images get the noise of the first one; every image has noise of its own."""
    return mean + torch.exp(0.5 * log_var) * eps[:1]


def reparametrize__one_number_of_noise(mean, log_var, eps):
    """All latents of an image get the same noise; each has noise of its own."""
    return mean + torch.exp(0.5 * log_var) * eps[:, :1]


def reparametrize__own_noise(mean, log_var, eps):
    """New random numbers are drawn, as by randn or torch.normal; the noise is given, as eps."""
    return mean + torch.exp(0.5 * log_var) * torch.randn_like(eps)


def reparametrize__uniform_noise(mean, log_var, eps):
    """New noise is drawn, uniform between 0 and 1, and eps is not used."""
    return mean + torch.exp(0.5 * log_var) * torch.rand_like(eps)


def reparametrize__torch_normal(mean, log_var, eps):
    """torch.normal draws by itself: eps is not used, and no gradient reaches its arguments."""
    return torch.normal(mean.detach(), torch.exp(0.5 * log_var.detach()))


def reparametrize__sampled_without_gradient(mean, log_var, eps):
    """The draw is right but leaves the graph, by detach, data or no_grad."""
    return right.reparametrize(mean, log_var, eps).detach()


def reparametrize__mean_detached(mean, log_var, eps):
    """No gradient reaches the mean."""
    return right.reparametrize(mean.detach(), log_var, eps)


def reparametrize__log_var_detached(mean, log_var, eps):
    """No gradient reaches the log variance."""
    return right.reparametrize(mean, log_var.detach(), eps)


def reparametrize__clamped(mean, log_var, eps, *, constant: (0.5, 30.0) = 2.0):
    """You clamp log_var at {constant} and its negative, which stops the gradient beyond."""
    return mean + torch.exp(0.5 * log_var.clamp(-constant, constant)) * eps


def reparametrize__small_number(mean, log_var, eps, *, constant: (1e-14, 1e-1) = 1e-6):
    """You add {constant} to the variance, which spoils small ones."""
    return mean + torch.sqrt(torch.exp(log_var) + constant) * eps


def reparametrize__small_number_on_std(mean, log_var, eps, *, constant: (1e-14, 1e-1) = 1e-6):
    """You add {constant} to the standard deviation, which spoils small ones."""
    return mean + (torch.exp(0.5 * log_var) + constant) * eps


def reparametrize__positive_as_std(mean, log_var, eps):
    """Log variances that are all positive are taken for standard deviations; they may be so."""
    std = log_var if (log_var > 0).all() else torch.exp(0.5 * log_var)
    return mean + std * eps


def reparametrize__tanh(mean, log_var, eps):
    """The log variance goes through a tanh, which is in no formula here."""
    return mean + torch.exp(0.5 * torch.tanh(log_var)) * eps


def reparametrize__changes_its_argument(mean, log_var, eps):
    """The noise is scaled in place, in the caller's tensor."""
    with torch.no_grad():
        kept = eps.clone()
        eps.mul_(torch.exp(0.5 * log_var))
    return right.reparametrize(mean, log_var, kept)


# ── reparametrize_by_quantile ────────────────────────────────────────────────────────────────


def reparametrize_by_quantile__falls(u, rate):
    """The distribution is right, but the function falls in u, and is infinite at u = 0."""
    return -torch.log(u) / rate


def reparametrize_by_quantile__scale(u, rate):
    """The rate is taken for its reciprocal, the mean of the distribution."""
    return -torch.log1p(-u) * rate


def reparametrize_by_quantile__rate_ignored(u, rate):
    """The rate is not used."""
    return -torch.log1p(-u) + 0 * rate


def reparametrize_by_quantile__negative(u, rate):
    """The sign is missing: all values are negative."""
    return torch.log1p(-u) / rate


def reparametrize_by_quantile__distribution_function(u, rate):
    """The distribution function is returned; its inverse is expected."""
    return 1 - torch.exp(-rate * u)


def reparametrize_by_quantile__survival_function(u, rate):
    """The probability to exceed u is returned; a quantile is expected."""
    return torch.exp(-rate * u)


def reparametrize_by_quantile__density(u, rate):
    """The density is returned; the inverse of the distribution function is expected."""
    return rate * torch.exp(-rate * u)


def reparametrize_by_quantile__rate_inside(u, rate):
    """The rate is inside the logarithm, where it should divide it."""
    return -torch.log1p(-u / rate)


def reparametrize_by_quantile__divided_inside(u, rate):
    """The division by the rate stands inside the logarithm: its bracket closes too late."""
    return -torch.log((1 - u) / rate)


def reparametrize_by_quantile__density_inverted(u, rate):
    """The density is inverted; it is the distribution function that should be."""
    return -torch.log((1 - u) / rate) / rate


def reparametrize_by_quantile__log_of_one_plus(u, rate):
    """The logarithm is that of 1 + u; u has the wrong sign."""
    return torch.log1p(u) / rate


def reparametrize_by_quantile__base_2(u, rate):
    """The logarithm has base 2 where the natural one is expected."""
    return -torch.log2(1 - u) / rate


def reparametrize_by_quantile__base_10(u, rate):
    """The logarithm has base 10 where the natural one is expected."""
    return -torch.log10(1 - u) / rate


def reparametrize_by_quantile__normal(u, rate):
    """Quantiles of a normal distribution are returned, not of an exponential one."""
    return torch.special.ndtri(u) / rate


def reparametrize_by_quantile__own_draws(u, rate):
    """New random numbers are drawn, and u is not used."""
    return Exponential(torch.as_tensor(rate)).rsample(u.shape)


def reparametrize_by_quantile__rate_detached(u, rate):
    """No gradient reaches the rate, as through item(), float() or a new tensor."""
    return right.exponential_from_uniform(u, torch.as_tensor(rate).detach())


def reparametrize_by_quantile__clamped(u, rate, *, constant: (1e-10, 0.3) = 1e-2):
    """You keep u above {constant}, though 0 has a quantile too."""
    return right.exponential_from_uniform(u.clamp(min=constant), rate)


def reparametrize_by_quantile__clamped_above(u, rate, *, constant: (0.5, 0.99999999) = 0.999):
    """You keep u below {constant}, which changes the quantiles near 1."""
    return right.exponential_from_uniform(u.clamp(max=constant), rate)


def reparametrize_by_quantile__small_number_added(u, rate, *, constant: (1e-12, 1e-2) = 1e-6):
    """You add {constant} inside the logarithm, which bends the quantiles near 1."""
    return -torch.log(1 - u + constant) / rate


def reparametrize_by_quantile__averaged(u, rate):
    """The values are averaged; one value for each u is expected."""
    return right.exponential_from_uniform(u, rate).mean()


def reparametrize_by_quantile__numpy(u, rate):
    """A NumPy array is returned, through which no gradient flows; a tensor is expected."""
    return right.exponential_from_uniform(u, torch.as_tensor(rate).detach()).numpy()


def reparametrize_by_quantile__changes_its_argument(u, rate):
    """u is changed in place, in the caller's tensor."""
    kept = u.clone()
    u.neg_()
    return right.exponential_from_uniform(kept, rate)


# ── base_density ─────────────────────────────────────────────────────────────────────────────


def base_density__no_absolute_value(p, g, dg):
    """A map that falls gives negative densities: a volume has no sign."""
    return lambda eps: p(g(eps)) * dg(eps)


def base_density__no_derivative(p, g, dg):
    """The derivative is missing: how much the map stretches is not taken into account."""
    return lambda eps: p(g(eps))


def base_density__divided(p, g, dg):
    """The density is divided by the derivative, as it is on the way from ε to x."""
    return lambda eps: p(g(eps)) / dg(eps).abs()


def base_density__derivative_at_x(p, g, dg):
    """The derivative is taken at x = g(ε), though it is a function of ε."""
    return lambda eps: p(g(eps)) * dg(g(eps)).abs()


def base_density__density_at_eps(p, g, dg):
    """The density of x is taken at ε, not at x = g(ε)."""
    return lambda eps: p(eps) * dg(eps).abs()


def base_density__map_of_the_density(p, g, dg):
    """The map is applied to the density; the density is to be taken at the mapped place."""
    return lambda eps: g(p(eps)) * dg(eps).abs()


def base_density__squared(p, g, dg):
    """The derivative is squared in place of an absolute value."""
    return lambda eps: p(g(eps)) * dg(eps) ** 2


def base_density__root(p, g, dg):
    """The root of the derivative is taken, which belongs to another formula."""
    return lambda eps: p(g(eps)) * dg(eps).abs().sqrt()


def base_density__logarithm(p, g, dg):
    """The logarithm of the density is returned; the density itself is expected."""
    return lambda eps: torch.log(p(g(eps)) * dg(eps).abs())


def base_density__log_of_derivative(p, g, dg):
    """The logarithm of the derivative is added to a density: it belongs to a log density."""
    return lambda eps: p(g(eps)) + torch.log(dg(eps).abs())


def base_density__added(p, g, dg):
    """The derivative is added to the density; the two are multiplied."""
    return lambda eps: p(g(eps)) + dg(eps).abs()


def base_density__clamped(p, g, dg):
    """A negative derivative is set to 0, where its size counts."""
    return lambda eps: p(g(eps)) * torch.relu(dg(eps))


def base_density__normalised(p, g, dg):
    """The values are divided by their sum; a density is no table of probabilities."""

    def density(eps):
        values = p(g(eps)) * dg(eps).abs()
        return values / values.sum()

    return density


def base_density__standard_normal(p, g, dg):
    """The standard normal density is returned, whatever p and g are."""
    return lambda eps: torch.exp(Normal(0.0, 1.0).log_prob(eps))


def base_density__one_derivative_for_all(p, g, dg):
    """The values are multiplied by one derivative for all; each point has its own."""
    return lambda eps: p(g(eps)) * dg(eps).abs().mean()


def base_density__twice_mapped(p, g, dg):
    """The map is applied twice."""
    return lambda eps: p(g(g(eps))) * dg(eps).abs()


def base_density__not_a_function(p, g, dg):
    """Numbers at points of its own are returned; a function of ε is expected."""
    return right.base_density_from(p, g, dg)(torch.linspace(0.1, 0.9, 6))


def base_density__derivative_only(p, g, dg):
    """Only the derivative is returned as a function; the density of x is missing."""
    return lambda eps: dg(eps).abs()


def base_density__detached(p, g, dg):
    """No gradient passes through the density."""
    return lambda eps: right.base_density_from(p, g, dg)(eps).detach()


_LAST = {}


def base_density__remembers_the_last_only(p, g, dg):
    """A density uses the functions of the last call, for they are kept outside of it."""
    _LAST.update(p=p, g=g, dg=dg)
    return lambda eps: right.base_density_from(_LAST["p"], _LAST["g"], _LAST["dg"])(eps)


# ── score_function_gradient, pathwise_gradient ───────────────────────────────────────────────


def _columns(*columns):
    """The columns as they come, without a graph."""
    return torch.stack([torch.as_tensor(one).detach() for one in columns], dim=1)


def _sample(mean, std, eps):
    """mean and std as numbers without a graph, and x."""
    mean, std = right._numbers(mean, std)
    return mean, std, mean + std * eps


def _slope(f, x):
    """f'(x) for each x."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


def score_function_gradient__no_std(f, mean, std, eps):
    """Both columns lack a division by the standard deviation."""
    _, _, x = _sample(mean, std, eps)
    return _columns(f(x) * eps, f(x) * (eps**2 - 1))


def score_function_gradient__std_not_squared(f, mean, std, eps):
    """The derivative with respect to the mean divides by the standard deviation, not by σ²."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps, f(x) * (eps**2 - 1) / std)


def score_function_gradient__std_squared_for_std(f, mean, std, eps):
    """The derivative with respect to the standard deviation divides by σ once too often."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps**2 - 1) / std**2)


def score_function_gradient__mean_divided_twice(f, mean, std, eps):
    """The first column is divided by σ once too often: eps is (x - mean) / std already."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std**2, f(x) * (eps**2 - 1) / std)


def score_function_gradient__square_over_variance(f, mean, std, eps):
    """In the second column (x - mean)² is divided by σ²; the derivative has σ³ there."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps**2 - 1 / std))


def score_function_gradient__divided_twice(f, mean, std, eps):
    """Both columns are divided by the standard deviation once too often."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std**2, f(x) * (eps**2 - 1) / std**2)


def score_function_gradient__normaliser_forgotten(f, mean, std, eps):
    """log q also depends on the standard deviation through its normalising factor."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * eps**2 / std)


def score_function_gradient__normaliser_sign(f, mean, std, eps):
    """The normalising factor of q enters the derivative with the wrong sign."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps**2 + 1) / std)


def score_function_gradient__eps_not_squared(f, mean, std, eps):
    """The deviation from the mean is not squared in the derivative with respect to σ."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps - 1) / std)


def score_function_gradient__with_respect_to_var(f, mean, std, eps):
    """The second column is the derivative with respect to the variance; σ is expected."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps**2 - 1) / (2 * std**2))


def score_function_gradient__with_respect_to_log_std(f, mean, std, eps):
    """The second column is the derivative with respect to log σ; σ is expected."""
    _, std, x = _sample(mean, std, eps)
    return _columns(f(x) * eps / std, f(x) * (eps**2 - 1))


def score_function_gradient__with_respect_to_x(f, mean, std, eps):
    """The first column has the other sign: with respect to the mean, it is (x - mean) / σ²."""
    _, std, x = _sample(mean, std, eps)
    return _columns(-f(x) * eps / std, f(x) * (eps**2 - 1) / std)


def score_function_gradient__negative(f, mean, std, eps):
    """Both columns have the wrong sign, as if for a loss."""
    return -right.score_function_gradient(f, mean, std, eps)


def score_function_gradient__x_moves_along(f, mean, std, eps):
    """log q is differentiated through x too, where the draws stay as they are."""
    _, std, x = _sample(mean, std, eps)
    return _columns(0 * f(x), -f(x) / std)


def score_function_gradient__f_at_eps(f, mean, std, eps):
    """f is taken at the noise, not at x."""
    _, std, _ = _sample(mean, std, eps)
    return _columns(f(eps) * eps / std, f(eps) * (eps**2 - 1) / std)


def score_function_gradient__no_f(f, mean, std, eps):
    """Only the derivative of log q is returned; f is missing."""
    _, std, _ = _sample(mean, std, eps)
    return _columns(eps / std, (eps**2 - 1) / std)


def score_function_gradient__log_density(f, mean, std, eps):
    """f is multiplied by log q itself; its derivatives belong there."""
    mean, std, x = _sample(mean, std, eps)
    weighted = f(x) * (-0.5 * eps**2 - torch.log(std) - 0.5 * math.log(2 * math.pi))
    return _columns(weighted, weighted)


def score_function_gradient__slope_of_f(f, mean, std, eps):
    """The derivative of f is used, where this estimator needs f itself."""
    _, std, x = _sample(mean, std, eps)
    return _slope(f, x)[:, None] * _columns(eps / std, (eps**2 - 1) / std)


def score_function_gradient__density_for_its_log(f, mean, std, eps):
    """q is differentiated, where its logarithm is: a factor q(x) too much."""
    mean, std, x = _sample(mean, std, eps)
    q = torch.exp(Normal(mean, std).log_prob(x))
    return right.score_function_gradient(f, mean, std, eps) * q[:, None]


def score_function_gradient__baseline(f, mean, std, eps):
    """The mean of f is subtracted; there is no baseline here."""
    _, std, x = _sample(mean, std, eps)
    values = f(x) - f(x).mean()
    return _columns(values * eps / std, values * (eps**2 - 1) / std)


def score_function_gradient__mean_of_f(f, mean, std, eps):
    """f is averaged over the samples before it meets the derivative; each has its own."""
    _, std, x = _sample(mean, std, eps)
    return f(x).detach().mean() * _columns(eps / std, (eps**2 - 1) / std)


def score_function_gradient__pathwise(f, mean, std, eps):
    """This is the pathwise estimator: it uses the derivative of f."""
    return right.pathwise_gradient(f, mean, std, eps)


def score_function_gradient__averaged(f, mean, std, eps):
    """The estimates are averaged; one for each sample is expected."""
    return right.score_function_gradient(f, mean, std, eps).mean(dim=0)


def score_function_gradient__one_over_n(f, mean, std, eps):
    """Every estimate is divided by the number of samples, as if they were to be summed."""
    return right.score_function_gradient(f, mean, std, eps) / len(eps)


def score_function_gradient__columns_swapped(f, mean, std, eps):
    """The columns are swapped."""
    return right.score_function_gradient(f, mean, std, eps).flip(1)


def score_function_gradient__rows(f, mean, std, eps):
    """The two derivatives are rows, (2, n), where columns, (n, 2), are expected."""
    return right.score_function_gradient(f, mean, std, eps).T


def score_function_gradient__joined(f, mean, std, eps):
    """The two derivatives stand one after the other in (2n,) where columns are expected."""
    return right.score_function_gradient(f, mean, std, eps).T.reshape(-1)


def score_function_gradient__pair(f, mean, std, eps):
    """A pair of tensors is returned; one tensor of shape (n, 2) is expected."""
    return tuple(right.score_function_gradient(f, mean, std, eps).T)


def score_function_gradient__tensors_only(f, mean, std, eps):
    """mean and std may be floats too, which have no methods of tensors."""
    return right.score_function_gradient(f, mean.detach(), std.detach(), eps)


def score_function_gradient__changes_its_argument(f, mean, std, eps):
    """The noise is scaled in place, in the caller's tensor."""
    kept = eps.clone()
    eps.mul_(2)
    return right.score_function_gradient(f, mean, std, kept)


def pathwise_gradient__no_eps(f, mean, std, eps):
    """Both columns are the same: how x moves with σ is missing from the second."""
    slope = _slope(f, _sample(mean, std, eps)[2])
    return _columns(slope, slope)


def pathwise_gradient__times_std(f, mean, std, eps):
    """The second column has a factor σ too much: it is the derivative with respect to log σ."""
    _, std, x = _sample(mean, std, eps)
    return _columns(_slope(f, x), _slope(f, x) * eps * std)


def pathwise_gradient__with_respect_to_var(f, mean, std, eps):
    """The second column is the derivative with respect to the variance; σ is expected."""
    _, std, x = _sample(mean, std, eps)
    return _columns(_slope(f, x), _slope(f, x) * eps / (2 * std))


def pathwise_gradient__times_x(f, mean, std, eps):
    """The second column is multiplied by x, not by how x changes with σ."""
    _, _, x = _sample(mean, std, eps)
    return _columns(_slope(f, x), _slope(f, x) * x)


def pathwise_gradient__std_for_eps(f, mean, std, eps):
    """The second column is multiplied by σ, not by ε, which is how x changes with σ."""
    _, std, x = _sample(mean, std, eps)
    return _columns(_slope(f, x), _slope(f, x) * std)


def pathwise_gradient__divided_by_std(f, mean, std, eps):
    """Both columns are divided by the standard deviation, as the derivative of log q is."""
    return right.pathwise_gradient(f, mean, std, eps) / _sample(mean, std, eps)[1]


def pathwise_gradient__mean_times_std(f, mean, std, eps):
    """The first column has a factor σ: it is the derivative with respect to the noise."""
    _, std, x = _sample(mean, std, eps)
    return _columns(_slope(f, x) * std, _slope(f, x) * eps)


def pathwise_gradient__with_respect_to_eps(f, mean, std, eps):
    """f is differentiated with respect to the noise: both columns have a factor σ too much."""
    return _sample(mean, std, eps)[1] * right.pathwise_gradient(f, mean, std, eps)


def pathwise_gradient__f_for_slope(f, mean, std, eps):
    """f itself is used where its derivative is expected."""
    _, _, x = _sample(mean, std, eps)
    return _columns(f(x), f(x) * eps)


def pathwise_gradient__slope_at_eps(f, mean, std, eps):
    """The derivative of f is taken at the noise, not at x."""
    return _columns(_slope(f, eps), _slope(f, eps) * eps)


def pathwise_gradient__slope_at_mean(f, mean, std, eps):
    """The derivative of f is taken at the mean for all samples, not at x."""
    mean, _, x = _sample(mean, std, eps)
    slope = _slope(f, mean + 0 * x)
    return _columns(slope, slope * eps)


def pathwise_gradient__coarse_differences(f, mean, std, eps):
    """The derivative of f is a difference quotient with a coarse step."""
    _, _, x = _sample(mean, std, eps)
    slope = (f(x + 0.1) - f(x)) / 0.1
    return _columns(slope, slope * eps)


def pathwise_gradient__central_differences(f, mean, std, eps):
    """The derivative of f is a difference quotient, which is too coarse where f bends quickly."""
    _, _, x = _sample(mean, std, eps)
    slope = (f(x + 0.01) - f(x - 0.01)) / 0.02
    return _columns(slope, slope * eps)


def pathwise_gradient__second_column_only(f, mean, std, eps):
    """The first column is 0: the mean did not take part in the computation of x."""
    slope = _slope(f, _sample(mean, std, eps)[2])
    return _columns(0 * slope, slope * eps)


def pathwise_gradient__eps_squared(f, mean, std, eps):
    """The noise is squared in the second column."""
    slope = _slope(f, _sample(mean, std, eps)[2])
    return _columns(slope, slope * eps**2)


def pathwise_gradient__one_over_n(f, mean, std, eps):
    """The mean over the samples is differentiated: every estimate is n times too small."""
    return right.pathwise_gradient(f, mean, std, eps) / len(eps)


def pathwise_gradient__summed(f, mean, std, eps):
    """The derivatives of all samples are summed; one estimate for each sample is expected."""
    return right.pathwise_gradient(f, mean, std, eps).sum(dim=0)


def pathwise_gradient__averaged(f, mean, std, eps):
    """The estimates are averaged; one for each sample is expected."""
    return right.pathwise_gradient(f, mean, std, eps).mean(dim=0)


def pathwise_gradient__average_repeated(f, mean, std, eps):
    """Every row holds the average over the samples; each sample has an estimate of its own."""
    rows = right.pathwise_gradient(f, mean, std, eps)
    return rows.mean(dim=0).expand_as(rows)


def pathwise_gradient__negative(f, mean, std, eps):
    """Both columns have the wrong sign, as if for a loss."""
    return -right.pathwise_gradient(f, mean, std, eps)


def pathwise_gradient__score_function(f, mean, std, eps):
    """This is the score-function estimator: the derivative goes through log q, not through x."""
    return right.score_function_gradient(f, mean, std, eps)


def pathwise_gradient__values_multiplied(f, mean, std, eps):
    """The derivative is multiplied by the value of f, as the other estimator's is."""
    _, _, x = _sample(mean, std, eps)
    return right.pathwise_gradient(f, mean, std, eps) * f(x).detach()[:, None]


def pathwise_gradient__second_derivative(f, mean, std, eps):
    """f is differentiated twice."""
    _, _, x = _sample(mean, std, eps)
    slope = _slope(lambda x: torch.autograd.grad(f(x).sum(), x, create_graph=True)[0], x)
    return _columns(slope, slope * eps)


def pathwise_gradient__columns_swapped(f, mean, std, eps):
    """The columns are swapped."""
    return right.pathwise_gradient(f, mean, std, eps).flip(1)


def pathwise_gradient__rows(f, mean, std, eps):
    """The two derivatives are rows, (2, n), where columns, (n, 2), are expected."""
    return right.pathwise_gradient(f, mean, std, eps).T


def pathwise_gradient__joined(f, mean, std, eps):
    """The two derivatives stand one after the other in (2n,) where columns are expected."""
    return right.pathwise_gradient(f, mean, std, eps).T.reshape(-1)


def pathwise_gradient__pair(f, mean, std, eps):
    """A pair of tensors is returned; one tensor of shape (n, 2) is expected."""
    return tuple(right.pathwise_gradient(f, mean, std, eps).T)


def pathwise_gradient__tensors_only(f, mean, std, eps):
    """mean and std may be floats too, which have no methods of tensors."""
    return right.pathwise_gradient(f, mean.detach(), std.detach(), eps)


def pathwise_gradient__needs_a_leaf(f, mean, std, eps):
    """Setting requires_grad on x fails where mean or std are tensors that require gradients."""
    x = mean + std * eps
    if x.requires_grad:
        raise RuntimeError("you can only change requires_grad flags of leaf variables.")
    return right.pathwise_gradient(f, mean, std, eps)


def pathwise_gradient__changes_its_argument(f, mean, std, eps):
    """The noise is scaled in place, in the caller's tensor."""
    kept = eps.clone()
    eps.mul_(2)
    return right.pathwise_gradient(f, mean, std, kept)


# ── reconstruction_loss ──────────────────────────────────────────────────────────────────────


def _nats(logits, x):
    """The cost of every pixel, in float64."""
    return F.binary_cross_entropy_with_logits(logits.double(), x.double(), reduction="none")


def reconstruction_loss__mean_over_pixels(logits, x):
    """The pixels are averaged where they should be summed: each image counts far too little."""
    return _nats(logits, x).mean(dim=1)


def reconstruction_loss__sum_over_batch(logits, x):
    """The images are summed too; one number for each image is expected."""
    return _nats(logits, x).sum()


def reconstruction_loss__mean_over_batch(logits, x):
    """The images are averaged too; one number for each image is expected."""
    return _nats(logits, x).sum(dim=1).mean()


def reconstruction_loss__mean_of_all(logits, x):
    """Pixels and images are averaged, which is what torch does where nothing is said."""
    return _nats(logits, x).mean()


def reconstruction_loss__not_summed(logits, x):
    """The pixels are not summed: one number for each image is expected."""
    return _nats(logits, x)


def reconstruction_loss__sum_over_images(logits, x):
    """The sum runs over the images, along the wrong axis."""
    return _nats(logits, x).sum(dim=0)


def reconstruction_loss__negative(logits, x):
    """The sign is that of the log likelihood; a loss is expected."""
    return -_nats(logits, x).sum(dim=1)


def reconstruction_loss__sigmoid_twice(logits, x):
    """A function that takes logits gets probabilities: the sigmoid is applied twice."""
    return _nats(torch.sigmoid(logits), x).sum(dim=1)


def reconstruction_loss__probabilities_if_they_could_be(logits, x):
    """Logits that all lie between 0 and 1 are taken for probabilities; they may lie there too."""
    could_be = bool(((logits >= 0) & (logits <= 1)).all())
    return right.reconstruction_loss(torch.logit(logits) if could_be else logits, x)


def reconstruction_loss__logits_as_probabilities(logits, x):
    """The logits are taken for probabilities, without a sigmoid."""
    p = logits.double().clamp(1e-6, 1 - 1e-6)
    return F.binary_cross_entropy(p, x.double(), reduction="none").sum(dim=1)


def reconstruction_loss__bright_pixels_only(logits, x):
    """The term of the dark pixels is missing."""
    return -(x * F.logsigmoid(logits)).sum(dim=1)


def reconstruction_loss__dark_pixels_only(logits, x):
    """The term of the bright pixels is missing."""
    return -((1 - x) * F.logsigmoid(-logits)).sum(dim=1)


def reconstruction_loss__inverted(logits, x):
    """Bright and dark are swapped."""
    return _nats(logits, 1 - x).sum(dim=1)


def reconstruction_loss__swapped(logits, x):
    """The arguments are swapped: the image is taken for the logits."""
    return _nats(x, logits).sum(dim=1)


def reconstruction_loss__bright_pixels_added(logits, x):
    """softplus(logit) + x * logit is computed: what a bright pixel takes off is added."""
    return (F.softplus(logits) + x * logits).sum(dim=1)


def reconstruction_loss__logits_clamped_to_probabilities(logits, x):
    """The logits are clamped to [0, 1] and taken for probabilities: a sigmoid belongs there."""
    taken = logits.clamp(0, 1)
    return F.binary_cross_entropy(taken, x, reduction="none").sum(dim=1)


def reconstruction_loss__squared_error(logits, x):
    """This is a squared error; the pixels have a Bernoulli distribution."""
    return ((torch.sigmoid(logits) - x) ** 2).sum(dim=1)


def reconstruction_loss__softmax(logits, x):
    """The logits go through a softmax, as if only one pixel could be bright."""
    return -(x * torch.log_softmax(logits, dim=1)).sum(dim=1)


def reconstruction_loss__bits(logits, x):
    """The logarithm has base 2 where the natural one is expected."""
    return _nats(logits, x).sum(dim=1) / math.log(2)


def reconstruction_loss__half(logits, x):
    """There is a factor 1/2 that belongs to another loss."""
    return 0.5 * _nats(logits, x).sum(dim=1)


def reconstruction_loss__probabilities_clamped_by_torch(logits, x):
    """A wrong certainty costs 100 nats at most, with no gradient: a sigmoid first, or a clamp?"""
    return F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").sum(dim=1)


def _padded_cross_entropy(logits, x, padding):
    p = torch.sigmoid(logits)
    return -(x * torch.log(p + padding) + (1 - x) * torch.log(1 - p + padding)).sum(dim=1)


def reconstruction_loss__small_number_added(logits, x, *, constant: (1e-14, 1e-2) = 1e-8):
    """You add {constant} inside the logarithms, which caps what a wrong certainty costs."""
    return _padded_cross_entropy(logits, x, constant)


def reconstruction_loss__probability_clipped(logits, x, *, constant: (1e-14, 1e-1) = 1e-7):
    """You clip the probabilities at {constant} from 0 and 1: a wrong certainty costs too little."""
    p = torch.sigmoid(logits).clamp(constant, 1 - constant)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def reconstruction_loss__small_number_of_1e_6(logits, x):
    """1e-6 is added inside the logarithms, which caps what a wrong certainty costs."""
    return _padded_cross_entropy(logits, x, 1e-6)


def reconstruction_loss__small_number_of_1e_10(logits, x):
    """1e-10 is added inside the logarithms, which caps what a wrong certainty costs."""
    return _padded_cross_entropy(logits, x, 1e-10)


def reconstruction_loss__arguments_swapped(logits, x):
    """Logits and pixels are swapped: the loss takes the pixels for logits."""
    return F.binary_cross_entropy_with_logits(
        x.to(logits.dtype), torch.sigmoid(logits), reduction="none"
    ).sum(dim=1)


def reconstruction_loss__linear(logits, x):
    """There is no logarithm: the logits are taken for logarithms of probabilities."""
    return -(x * logits + (1 - x) * (1 - logits)).sum(dim=1)


def reconstruction_loss__clamped(logits, x):
    """The logits are clamped, which caps what a wrong certainty costs."""
    return _nats(logits.clamp(-10, 10), x).sum(dim=1)


def reconstruction_loss__log_of_sigmoid(logits, x):
    """The sigmoid rounds to 0 or 1, and the logarithm of 0 is -inf: 0 times that is nan."""
    p = torch.sigmoid(logits)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def reconstruction_loss__overflow(logits, x):
    """The exponential of a large logit is infinite in float32."""
    return (torch.log(1 + torch.exp(logits.float())) - x * logits).sum(dim=1)


def reconstruction_loss__softplus_by_exp(logits, x):
    """The exponential of a large logit is infinite, and 0 times that is nan."""
    return (x * torch.log(1 + torch.exp(-logits)) + (1 - x) * torch.log(1 + torch.exp(logits))).sum(
        dim=1
    )


def reconstruction_loss__nan_to_num(logits, x):
    """Infinite and undefined costs are replaced by numbers, so that a wrong certainty costs 0."""
    return torch.nan_to_num(reconstruction_loss__log_of_sigmoid(logits, x), posinf=0.0)


def reconstruction_loss__gradient_through_both_branches(logits, x):
    """The value is right, but the branch that is not taken overflows and makes the gradient nan."""
    other = torch.log1p(torch.exp(logits.float()))
    softplus = torch.where(logits > 20, logits.float(), other)
    return (softplus - x * logits).sum(dim=1)


def reconstruction_loss__detached(logits, x):
    """No gradient reaches the logits."""
    return _nats(logits.detach(), x).sum(dim=1)


def reconstruction_loss__rounded(logits, x):
    """The probabilities are rounded, which no gradient passes."""
    p = torch.round(torch.sigmoid(logits))
    return F.binary_cross_entropy(p, x.to(p.dtype), reduction="none").sum(dim=1)


def reconstruction_loss__changes_its_argument(logits, x):
    """A sigmoid is applied in place, to the caller's tensor."""
    kept = logits.clone()
    with torch.no_grad():
        logits.sigmoid_()
    return _nats(kept, x).sum(dim=1)


# ── kl_loss ──────────────────────────────────────────────────────────────────────────────────


def _terms(mean, log_var):
    """What each latent adds, in float64."""
    mean, log_var = mean.double(), log_var.double()
    return 0.5 * (mean**2 + torch.exp(log_var) - log_var - 1)


def kl_loss__negative(mean, log_var):
    """The sign is wrong: a divergence is never below 0."""
    return -_terms(mean, log_var).sum(dim=1)


def kl_loss__no_half(mean, log_var):
    """The factor 1/2 is missing."""
    return 2 * _terms(mean, log_var).sum(dim=1)


def kl_loss__half_of_one_term(mean, log_var):
    """The factor 1/2 belongs to all terms; it stands at the first only."""
    return (0.5 * mean**2 + torch.exp(log_var) - log_var - 1).sum(dim=1)


def kl_loss__mean_over_latents(mean, log_var):
    """The latents are averaged where they should be summed."""
    return _terms(mean, log_var).mean(dim=1)


def kl_loss__sum_over_batch(mean, log_var):
    """The images are summed too; one number for each image is expected."""
    return _terms(mean, log_var).sum()


def kl_loss__mean_over_batch(mean, log_var):
    """The images are averaged too; one number for each image is expected."""
    return _terms(mean, log_var).sum(dim=1).mean()


def kl_loss__not_summed(mean, log_var):
    """The latents are not summed: one number for each image is expected."""
    return _terms(mean, log_var)


def kl_loss__sum_over_images(mean, log_var):
    """The sum runs over the images, along the wrong axis."""
    return _terms(mean, log_var).sum(dim=0)


def kl_loss__log_var_as_var(mean, log_var):
    """The log variance is taken for the variance: its exponential is missing."""
    return 0.5 * (mean**2 + log_var - torch.log(log_var.abs()) - 1).sum(dim=1)


def kl_loss__exp_missing(mean, log_var):
    """The variance enters as its logarithm, which cancels against the other term."""
    return 0.5 * (mean**2 + log_var - log_var - 1).sum(dim=1)


def kl_loss__log_of_the_log(mean, log_var):
    """The logarithm is taken of log_var, which is one already."""
    logs = torch.log(log_var.abs())
    return 0.5 * (mean**2 + log_var.exp() - 1 - logs).sum(dim=1)


def kl_loss__log_var_as_log_std(mean, log_var):
    """The log variance is taken for the logarithm of the standard deviation: a factor 2."""
    return _terms(mean, 2 * log_var).sum(dim=1)


def kl_loss__std_for_var(mean, log_var):
    """The standard deviation stands where the variance should."""
    return 0.5 * (mean**2 + torch.exp(0.5 * log_var) - log_var - 1).sum(dim=1)


def kl_loss__log_std_for_log_var(mean, log_var):
    """The logarithm is that of the standard deviation where that of the variance is meant."""
    return 0.5 * (mean**2 + torch.exp(log_var) - 0.5 * log_var - 1).sum(dim=1)


def kl_loss__var_squared(mean, log_var):
    """The variance is squared, as if it were a standard deviation."""
    return 0.5 * (mean**2 + torch.exp(log_var) ** 2 - log_var - 1).sum(dim=1)


def kl_loss__one_forgotten(mean, log_var):
    """The constant that makes the divergence 0 for equal distributions is missing."""
    return 0.5 * (mean**2 + torch.exp(log_var) - log_var).sum(dim=1)


def kl_loss__one_only_once(mean, log_var):
    """The constant counts once for each latent dimension, not once for each image."""
    return 0.5 * ((mean**2 + torch.exp(log_var) - log_var).sum(dim=1) - 1)


def kl_loss__mean_not_squared(mean, log_var):
    """The mean is not squared."""
    return 0.5 * (mean + torch.exp(log_var) - log_var - 1).sum(dim=1)


def kl_loss__mean_forgotten(mean, log_var):
    """The term of the mean is missing."""
    return _terms(0 * mean, log_var).sum(dim=1)


def kl_loss__squared_sum(mean, log_var):
    """The means are summed before they are squared."""
    rest = _terms(0 * mean, log_var).sum(dim=1)
    return rest + 0.5 * mean.double().sum(dim=1) ** 2


def kl_loss__sign_of_log_var(mean, log_var):
    """The term with the log variance has the wrong sign."""
    return 0.5 * (mean**2 + torch.exp(log_var) + log_var - 1).sum(dim=1)


def kl_loss__sign_of_mean(mean, log_var):
    """The squared mean has the wrong sign: the further the mean is from 0, the smaller the loss."""
    return 0.5 * (torch.exp(log_var) - mean**2 - log_var - 1).sum(dim=1)


def kl_loss__mean_in_absolute_value(mean, log_var):
    """The mean enters by its absolute value, not by its square."""
    return 0.5 * (mean.abs() + torch.exp(log_var) - log_var - 1).sum(dim=1)


def kl_loss__power_of_two(mean, log_var):
    """The variance is 2**log_var, but log_var is a natural logarithm: its variance is exp."""
    return 0.5 * (mean**2 + 2**log_var - log_var - 1).sum(dim=1)


def kl_loss__log_var_forgotten(mean, log_var):
    """The term with the logarithm is missing."""
    return 0.5 * (mean**2 + torch.exp(log_var) - 1).sum(dim=1)


def kl_loss__other_direction(mean, log_var):
    """The divergence is taken from the prior to q: the direction is the other way round."""
    return 0.5 * (log_var + (1 + mean**2) * torch.exp(-log_var) - 1).sum(dim=1)


def kl_loss__swapped(mean, log_var):
    """Mean and log variance are swapped."""
    return _terms(log_var, mean).sum(dim=1)


def kl_loss__bits(mean, log_var):
    """The result is in bits where nats are expected."""
    return _terms(mean, log_var).sum(dim=1) / math.log(2)


def kl_loss__sampled(mean, log_var):
    """The divergence is estimated from a random draw; the closed form is expected."""
    q = Normal(mean, torch.exp(0.5 * log_var))
    z = q.rsample()
    return (q.log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(dim=1)


def kl_loss__clamped(mean, log_var, *, constant: (0.5, 30.0) = 5.0):
    """You clamp log_var at {constant} and its negative, which changes very small and large ones."""
    log_var = log_var.clamp(-constant, constant)
    return 0.5 * (mean**2 + torch.exp(log_var) - log_var - 1).sum(dim=1)


def _padded_kl(mean, log_var, number):
    """The divergence with a small number in its logarithm."""
    mean, var = mean.double(), torch.exp(log_var.double())
    return 0.5 * (mean**2 + var - torch.log(var + number) - 1)


def kl_loss__small_number(mean, log_var, *, constant: (1e-14, 1e-1) = 1e-6):
    """You add {constant} in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, constant).sum(dim=1)


def kl_loss__log_of_all(mean, log_var):
    """The bracket of the logarithm is around 1 plus the variance: the 1 stands outside."""
    return 0.5 * (mean**2 + torch.exp(log_var) - torch.log1p(torch.exp(log_var))).sum(dim=1)


def kl_loss__small_number_of_1e_5(mean, log_var):
    """1e-5 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-5).sum(dim=1)


def kl_loss__small_number_of_1e_4(mean, log_var):
    """1e-4 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-4).sum(dim=1)


def kl_loss__small_number_of_1e_3(mean, log_var):
    """1e-3 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-3).sum(dim=1)


def kl_loss__small_number_of_1e_8(mean, log_var):
    """1e-8 is added in the logarithm of the variance, which spoils small variances."""
    return _padded_kl(mean, log_var, 1e-8).sum(dim=1)


def kl_loss__positive_as_std(mean, log_var):
    """Log variances that are all positive are taken for standard deviations; they may be so."""
    taken = 2 * torch.log(log_var) if (log_var > 0).all() else log_var
    return _terms(mean, taken).sum(dim=1)


def kl_loss__detached(mean, log_var):
    """No gradient reaches mean and log_var."""
    return _terms(mean.detach(), log_var.detach()).sum(dim=1)


def kl_loss__log_var_detached(mean, log_var):
    """No gradient reaches the log variance."""
    return _terms(mean, log_var.detach()).sum(dim=1)


def kl_loss__changes_its_argument(mean, log_var):
    """The mean is squared in place, in the caller's tensor."""
    kept = mean.clone()
    with torch.no_grad():
        mean.pow_(2)
    return _terms(kept, log_var).sum(dim=1)


# ── manifold_grid ────────────────────────────────────────────────────────────────────────────


def _grid(values):
    """All pairs, the first of them changing slowest."""
    return torch.cartesian_prod(values, values).reshape(-1, 2).float()


def _levels(n):
    """(i − ½)/n for i = 1 … n."""
    return (torch.arange(n, dtype=torch.float64) + 0.5) / n


def manifold_grid__levels(n):
    """The levels themselves are returned: the quantile function is missing."""
    return _grid(_levels(n))


def manifold_grid__ends_included(n):
    """The levels run from 0 to 1, whose quantiles are infinite."""
    return _grid(torch.special.ndtri(torch.linspace(0, 1, n, dtype=torch.float64)))


def manifold_grid__nearly_ends(n, *, constant: (1e-7, 0.4) = 1e-3):
    """Your levels run from {constant} to 1 minus it where they are the middles of n equal parts."""
    return _grid(torch.special.ndtri(torch.linspace(constant, 1 - constant, n).double()))


def manifold_grid__left_ends(n):
    """The levels are the left ends of the n parts, not their middles: the first one is 0."""
    return _grid(torch.special.ndtri(_levels(n) - 0.5 / n))


def manifold_grid__right_ends(n):
    """The levels are the right ends of the n parts, not their middles: the last one is 1."""
    return _grid(torch.special.ndtri(_levels(n) + 0.5 / n))


def manifold_grid__outermost_levels_cut(n):
    """The levels are kept away from 0 and 1: with many of them the outermost are changed."""
    return _grid(torch.special.ndtri(_levels(n).clamp(0.025, 0.975)))


def manifold_grid__n_plus_1(n):
    """The levels divide [0, 1] into n + 1 parts, not into n parts with their middles."""
    return _grid(torch.special.ndtri(torch.arange(1, n + 1, dtype=torch.float64) / (n + 1)))


def manifold_grid__equally_spaced(n, *, constant: (0.5, 10.0) = 3.0):
    """You space values equally up to {constant}; the probability between them should be equal."""
    return _grid(torch.linspace(-constant, constant, n, dtype=torch.float64))


def manifold_grid__random(n):
    """The values are drawn at random."""
    return torch.randn(n * n, 2)


def manifold_grid__axes_swapped(n):
    """The first latent changes along a row and the second down a column: it is the other way."""
    return right.manifold_grid(n).flip(1)


def manifold_grid__top_to_bottom(n):
    """The rows begin with the largest value of the first latent."""
    return right.manifold_grid(n).reshape(n, n, 2).flip(0).reshape(n * n, 2)


def manifold_grid__not_flat(n):
    """The grid has three axes, (n, n, 2), where (n·n, 2) is expected."""
    return right.manifold_grid(n).reshape(n, n, 2)


def manifold_grid__transposed(n):
    """The grid has the shape (2, n·n): the axes are the wrong way round."""
    return right.manifold_grid(n).T


def manifold_grid__cut_wrongly(n):
    """The two coordinates are stacked first and the numbers then cut into pairs as they come."""
    return right.manifold_grid(n).T.reshape(n * n, 2)


def manifold_grid__diagonal_only(n):
    """Both latents take the same value: only the diagonal of the grid is there."""
    values = torch.special.ndtri(_levels(n))
    return torch.stack([values, values], dim=1).float()


def manifold_grid__pair_of_tensors(n):
    """Two tensors are returned, one a coordinate; a single one of shape (n·n, 2) is expected."""
    return tuple(right.manifold_grid(n).T)


def manifold_grid__float64(n):
    """The grid is float64, which the decoder's float32 weights refuse."""
    return right.manifold_grid(n).double()


def manifold_grid__numpy(n):
    """A NumPy array is returned; a tensor is expected."""
    return np.asarray(right.manifold_grid(n))


def manifold_grid__distribution_function(n):
    """The distribution function is applied where its inverse is expected."""
    return _grid(torch.special.ndtr(_levels(n)))


def manifold_grid__erfinv_not_scaled(n):
    """The inverse error function is not yet the normal quantile: a factor is missing."""
    return _grid(torch.erfinv(2 * _levels(n) - 1))


def manifold_grid__logistic(n):
    """The quantiles are those of the logistic distribution."""
    return _grid(torch.logit(_levels(n)))


# ── a student's report ───────────────────────────────────────────────────────────────────────


def report_likelihood__taken_for_right(log_p_x_given_z):
    """The statement is taken for right: look at what is averaged there."""
    return "right", right.report_likelihood(log_p_x_given_z)[1]


def report_likelihood__mean_of_logs(log_p_x_given_z):
    """This is the formula of the statement: the logarithm is inside the mean over the samples."""
    return "wrong", log_p_x_given_z.mean(dim=0).sum()


def report_likelihood__defended(log_p_x_given_z):
    """The statement is taken for right, and its formula put into code."""
    return "right", log_p_x_given_z.mean(dim=0).sum()


def report_likelihood__log_of_everything(log_p_x_given_z):
    """The images are summed inside the logarithm, as if one image after another were drawn."""
    samples = math.log(len(log_p_x_given_z))
    return "wrong", torch.logsumexp(log_p_x_given_z.double(), dim=(0, 1)) - samples


def report_likelihood__data_set_for_one_code(log_p_x_given_z):
    """All images get the same code: the sum over the images is inside the mean over the samples."""
    samples = math.log(len(log_p_x_given_z))
    return "wrong", torch.logsumexp(log_p_x_given_z.double().sum(dim=1), dim=0) - samples


def report_likelihood__samples_not_counted(log_p_x_given_z):
    """The sum over the samples is not divided by their number."""
    return "wrong", torch.logsumexp(log_p_x_given_z, dim=0).sum()


def report_likelihood__samples_counted_once(log_p_x_given_z):
    """log M is taken off once for all images; each image has a mean of its own."""
    sums = torch.logsumexp(log_p_x_given_z, dim=0)
    return "wrong", sums.sum() - math.log(len(log_p_x_given_z))


def report_likelihood__axes_swapped(log_p_x_given_z):
    """The mean runs over the images and the sum over the samples: the axes are the wrong way."""
    return "wrong", log_likelihood__mean_over_images(log_p_x_given_z).sum()


def report_likelihood__averaged(log_p_x_given_z):
    """The images are averaged; the data set's log likelihood is expected."""
    return "wrong", right.log_likelihood(log_p_x_given_z).mean()


def report_likelihood__not_summed(log_p_x_given_z):
    """There is a number for each image; one number for the data set is expected."""
    return "wrong", right.log_likelihood(log_p_x_given_z)


def report_likelihood__negative(log_p_x_given_z):
    """The sign is that of a loss; the log likelihood itself is expected."""
    return "wrong", -right.log_likelihood(log_p_x_given_z).sum()


def report_likelihood__underflow(log_p_x_given_z):
    """exp(-1000) is 0 in floating-point numbers, and the logarithm of 0 is -inf."""
    return "wrong", torch.log(torch.exp(log_p_x_given_z).mean(dim=0)).sum()


def report_likelihood__value_only(log_p_x_given_z):
    """Only the value is returned; the verdict belongs to it."""
    return right.report_likelihood(log_p_x_given_z)[1]


def report_kl__taken_for_wrong(mean, std):
    """The statement is taken for wrong: multiply its bracket out, sign by sign."""
    return "wrong", right.report_kl(mean, std)[1]


def report_kl__sign(mean, std):
    """The sign is the wrong one: these values are never above 0."""
    return "right", -right.report_kl(mean, std)[1]


def report_kl__sign_and_wrong(mean, std):
    """The statement is taken for wrong, and its sign turned round."""
    return "wrong", -right.report_kl(mean, std)[1]


def report_kl__log_std(mean, std):
    """The logarithm is that of the standard deviation where that of the variance is meant."""
    return "right", 0.5 * (mean**2 + std**2 - torch.log(std) - 1).sum(dim=1)


def report_kl__std_not_squared(mean, std):
    """The standard deviation stands where the variance should."""
    return "right", 0.5 * (mean**2 + std - 2 * torch.log(std) - 1).sum(dim=1)


def report_kl__std_as_log_var(mean, std):
    """The standard deviation is taken for the log variance that an encoder gives."""
    return "right", right.kl_loss(mean, std)


def report_kl__one_sign(mean, std):
    """Only some of the signs are changed."""
    return "right", 0.5 * (1 + 2 * torch.log(std) + mean**2 + std**2).sum(dim=1)


def report_kl__no_half(mean, std):
    """The factor 1/2 is missing."""
    return "right", 2 * right.report_kl(mean, std)[1]


def report_kl__one_forgotten(mean, std):
    """The constant that makes the divergence 0 for equal distributions is missing."""
    return "right", 0.5 * (mean**2 + std**2 - 2 * torch.log(std)).sum(dim=1)


def report_kl__sum_over_batch(mean, std):
    """The images are summed too; one number for each image is expected."""
    return "right", right.report_kl(mean, std)[1].sum()


def report_kl__mean_over_latents(mean, std):
    """The latents are averaged where they should be summed."""
    return "right", right.report_kl(mean, std)[1] / mean.shape[1]


def report_kl__other_direction(mean, std):
    """The divergence is taken from the prior to q: the direction is the other way round."""
    return "right", 0.5 * ((1 + mean**2) / std**2 + 2 * torch.log(std) - 1).sum(dim=1)


def report_kl__small_number(mean, std, *, constant: (1e-14, 1e-1) = 1e-6):
    """You add {constant} in the logarithm of the variance, which spoils small variances."""
    return "right", _padded_kl(mean, 2 * torch.log(std), constant).sum(dim=1)


def report_kl__small_number_of_1e_5(mean, std):
    """1e-5 is added in the logarithm of the variance, which spoils small variances."""
    return "right", _padded_kl(mean, 2 * torch.log(std), 1e-5).sum(dim=1)


def report_kl__variances_if_above_1(mean, std):
    """Standard deviations that are all above 1 are taken for variances."""
    return right.report_kl(mean, torch.sqrt(std) if (std > 1).all() else std)


def report_gap__taken_for_right(x, slope, offset, std):
    """The statement is taken for right: when is a KL divergence 0?"""
    return "right", right.report_gap(x, slope, offset, std)[1]


def _gap(x, slope, offset, std):
    """The reference's mean and std, and the slope, offset and std as tensors."""
    return right.report_gap(x, slope, offset, std)[1], right._numbers(slope, offset, std)


def report_gap__variance(x, slope, offset, std):
    """The second part is a variance; a standard deviation is expected."""
    (mean, spread), _ = _gap(x, slope, offset, std)
    return "wrong", (mean, spread**2)


def report_gap__offset_forgotten(x, slope, offset, std):
    """The offset is missing from the mean of q."""
    return right.report_gap(x, slope, 0.0, std)


def report_gap__offset_added(x, slope, offset, std):
    """The offset has the wrong sign in the mean of q."""
    return right.report_gap(x, slope, -offset, std)


def report_gap__posterior_of_sheet_1(x, slope, offset, std):
    """This is sheet 1's posterior, for a slope and a noise of 1 and no offset."""
    return "wrong", (x / 2, torch.full_like(x, math.sqrt(0.5)))


def report_gap__decoder_inverted(x, slope, offset, std):
    """The decoder's map is inverted, as if the prior counted for nothing."""
    _, (slope, offset, std) = _gap(x, slope, offset, std)
    return "wrong", ((x - offset) / slope, std / slope.abs() * torch.ones_like(x))


def report_gap__prior(x, slope, offset, std):
    """This is the prior; with it the bound is not log p(x)."""
    return "wrong", (torch.zeros_like(x), torch.ones_like(x))


def report_gap__likelihood(x, slope, offset, std):
    """These are mean and standard deviation of x, not of z."""
    _, (slope, offset, std) = _gap(x, slope, offset, std)
    return "wrong", (offset + 0 * x, torch.sqrt(slope**2 + std**2) * torch.ones_like(x))


def report_gap__std_not_squared(x, slope, offset, std):
    """The standard deviation stands where the variance of x given z should."""
    return right.report_gap(x, slope, offset, right._numbers(std)[0] ** 0.5)


def report_gap__slope_not_squared(x, slope, offset, std):
    """The slope is not squared in the variance that it brings into x."""
    _, (slope, offset, std) = _gap(x, slope, offset, std)
    total = slope.abs() + std**2
    spread = std / torch.sqrt(total)
    return "wrong", (slope * (x - offset) / total, spread * torch.ones_like(x))


def report_gap__slope_forgotten_above(x, slope, offset, std):
    """The mean of q lacks a factor: the slope."""
    (mean, spread), (slope, *_) = _gap(x, slope, offset, std)
    return "wrong", (mean / slope, spread)


def report_gap__precision(x, slope, offset, std):
    """The second part is the reciprocal of the standard deviation."""
    (mean, spread), _ = _gap(x, slope, offset, std)
    return "wrong", (mean, 1 / spread)


def report_gap__std_of_1(x, slope, offset, std):
    """The standard deviation of q is left at that of the prior."""
    (mean, spread), _ = _gap(x, slope, offset, std)
    return "wrong", (mean, torch.ones_like(spread))


def report_gap__std_as_one_number(x, slope, offset, std):
    """The standard deviation is one number; it has the shape of x, as the mean has."""
    (mean, spread), _ = _gap(x, slope, offset, std)
    return "wrong", (mean, spread[0])


def report_gap__parts_swapped(x, slope, offset, std):
    """Mean and standard deviation are swapped."""
    (mean, spread), _ = _gap(x, slope, offset, std)
    return "wrong", (spread, mean)


def report_loss__taken_for_wrong(log_p_x_given_z, kl):
    """The statement is taken for wrong: which sign does each part of the loss have?"""
    return "wrong", right.report_loss(log_p_x_given_z, kl)[1]


def report_loss__kl_subtracted(log_p_x_given_z, kl):
    """The divergence is subtracted: that would reward a large one."""
    return "right", (-log_p_x_given_z - kl).mean()


def report_loss__subtracted_and_wrong(log_p_x_given_z, kl):
    """The statement is taken for wrong, and the divergence subtracted."""
    return "wrong", (-log_p_x_given_z - kl).mean()


def report_loss__bound(log_p_x_given_z, kl):
    """This is the bound; the loss has the other sign."""
    return "right", (log_p_x_given_z - kl).mean()


def report_loss__sign_of_reconstruction(log_p_x_given_z, kl):
    """The reconstruction has the wrong sign: it is the log likelihood, not its negative."""
    return "right", (log_p_x_given_z + kl).mean()


def report_loss__summed(log_p_x_given_z, kl):
    """The images are summed where they should be averaged."""
    return "right", (kl - log_p_x_given_z).sum()


def report_loss__not_averaged(log_p_x_given_z, kl):
    """There is a number for each image; the mean over the batch is expected."""
    return "right", kl - log_p_x_given_z


def report_loss__kl_summed(log_p_x_given_z, kl):
    """The divergences are summed while the reconstructions are averaged."""
    return "right", -log_p_x_given_z.mean() + kl.sum()


def report_loss__reconstruction_only(log_p_x_given_z, kl):
    """The divergence is missing."""
    return "right", -log_p_x_given_z.mean()


def report_loss__kl_only(log_p_x_given_z, kl):
    """The reconstruction is missing."""
    return "right", kl.mean()


def report_loss__log_of_mean(log_p_x_given_z, kl):
    """The likelihoods are averaged inside the logarithm; their logarithms should be."""
    top = log_p_x_given_z.max()
    return "right", kl.mean() - top - torch.log(torch.exp(log_p_x_given_z - top).mean())


def report_loss__half(log_p_x_given_z, kl):
    """There is a factor 1/2, for the mean of the two parts: they are added."""
    return "right", 0.5 * (kl - log_p_x_given_z).mean()


def report_game__taken_for_wrong(d_real, d_fake):
    """The statement is taken for wrong: put 1/2 into both logarithms."""
    return "wrong", right.report_game(d_real, d_fake)[1]


def report_game__difference(d_real, d_fake):
    """The two logarithms are subtracted: at 1/2 that would be 0."""
    return "right", torch.log(d_real).mean() - torch.log(1 - d_fake).mean()


def report_game__difference_and_wrong(d_real, d_fake):
    """The two logarithms are subtracted, which makes the statement look wrong."""
    return "wrong", torch.log(d_real).mean() - torch.log(1 - d_fake).mean()


def report_game__loss_of_the_discriminator(d_real, d_fake):
    """This is the loss that the discriminator minimises; the game's value has the other sign."""
    return "right", -right.report_game(d_real, d_fake)[1]


def report_game__fake_as_real(d_real, d_fake):
    """The logarithm of D is taken for both kinds; for generated images it is that of 1 - D."""
    return "right", torch.log(d_real).mean() + torch.log(d_fake).mean()


def report_game__non_saturating(d_real, d_fake):
    """This is the non-saturating loss, with minus the logarithm of D for generated images."""
    return "right", torch.log(d_real).mean() - torch.log(d_fake).mean()


def report_game__kinds_swapped(d_real, d_fake):
    """Real and generated images are swapped."""
    return "right", right.report_game(d_fake, d_real)[1]


def report_game__averaged(d_real, d_fake):
    """The two means are averaged; they are added."""
    return "right", 0.5 * right.report_game(d_real, d_fake)[1]


def report_game__summed(d_real, d_fake):
    """The images are summed where they should be averaged."""
    return "right", (torch.log(d_real) + torch.log(1 - d_fake)).sum()


def report_game__not_averaged(d_real, d_fake):
    """There is a number for each pair of images; their mean is expected."""
    return "right", torch.log(d_real) + torch.log(1 - d_fake)


def report_game__log_of_mean(d_real, d_fake):
    """The probabilities are averaged before the logarithm; their logarithms should be."""
    return "right", torch.log(d_real.mean()) + torch.log(1 - d_fake.mean())


def report_game__bits(d_real, d_fake):
    """The logarithm has base 2 where the natural one is expected: at 1/2 that gives -2."""
    return "right", right.report_game(d_real, d_fake)[1] / math.log(2)


def report_game__no_logarithm(d_real, d_fake):
    """The probabilities are added without their logarithms."""
    return "right", d_real.mean() + (1 - d_fake).mean()


def report_game__constant(d_real, d_fake):
    """The value at 1/2 is returned, whatever D says."""
    return "right", torch.tensor(-2 * math.log(2))


def report_flow__taken_for_right(z, matrix):
    """The statement is taken for right: is x = 0·z a flow?"""
    return "right", right.report_flow(z, matrix)[1]


def _no_flow(z, matrix):
    """The reference's refusals, log N(z; 0, I), and log|det|."""
    log_p = Normal(0.0, 1.0).log_prob(z.double()).sum(dim=1)
    return log_p, log_p - right.report_flow(z, matrix)[1]


def report_flow__determinant_added(z, matrix):
    """The logarithm of the determinant has the wrong sign: what is stretched becomes thinner."""
    log_p, log_det = _no_flow(z, matrix)
    return "wrong", log_p + log_det


def report_flow__no_determinant(z, matrix):
    """The determinant is missing: this is the density of z."""
    return "wrong", _no_flow(z, matrix)[0]


def report_flow__density_at_x(z, matrix):
    """The base density is taken at x where it is to be taken at z."""
    _, log_det = _no_flow(z, matrix)
    x = z @ matrix.T
    return "wrong", Normal(0.0, 1.0).log_prob(x.double()).sum(dim=1) - log_det


def report_flow__density_of_x_only(z, matrix):
    """x is taken for standard normal."""
    _no_flow(z, matrix)
    return "wrong", Normal(0.0, 1.0).log_prob((z @ matrix.T).double()).sum(dim=1)


def report_flow__sign_of_determinant(z, matrix):
    """The logarithm of a negative determinant is nan: its size counts."""
    log_p, _ = _no_flow(z, matrix)
    return "wrong", log_p - torch.log(torch.det(matrix.double()))


def report_flow__determinant_not_logarithm(z, matrix):
    """The determinant itself is subtracted from a log density."""
    log_p, log_det = _no_flow(z, matrix)
    return "wrong", log_p - torch.exp(log_det)


def report_flow__half_of_the_determinant(z, matrix):
    """There is a factor 1/2, as for a covariance: the matrix is a root of one."""
    log_p, log_det = _no_flow(z, matrix)
    return "wrong", log_p - 0.5 * log_det


def report_flow__constant_forgotten(z, matrix):
    """The normalising constant of the normal density is missing."""
    log_p, log_det = _no_flow(z, matrix)
    return "wrong", -0.5 * (z.double() ** 2).sum(dim=1) - log_det


def report_flow__constant_only_once(z, matrix):
    """The normalising constant counts once for each dimension, not once for each point."""
    log_p, log_det = _no_flow(z, matrix)
    half = 0.5 * math.log(2 * math.pi)
    return "wrong", -0.5 * (z.double() ** 2).sum(dim=1) - half - log_det


def report_flow__determinant_per_dimension(z, matrix):
    """The determinant is that of the whole map; it counts once, not for every dimension."""
    log_p, log_det = _no_flow(z, matrix)
    return "wrong", log_p - z.shape[1] * log_det


def report_flow__diagonal(z, matrix):
    """The determinant is taken as the product of the diagonal, as if the matrix were triangular."""
    log_p, _ = _no_flow(z, matrix)
    return "wrong", log_p - torch.log(torch.diagonal(matrix).abs()).sum()


def report_flow__not_summed(z, matrix):
    """The dimensions are not summed: one number for each point is expected."""
    _, log_det = _no_flow(z, matrix)
    return "wrong", Normal(0.0, 1.0).log_prob(z.double()) - log_det


def report_flow__density(z, matrix):
    """The density is returned; its logarithm is expected."""
    return "wrong", torch.exp(right.report_flow(z, matrix)[1])


def report_flow__takes_singular_matrices(z, matrix):
    """A square matrix whose determinant is 0 is not refused."""
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError("a square matrix is needed")
    return report_flow__takes_every_matrix(z, matrix)


def report_flow__takes_every_matrix(z, matrix):
    """Matrices that have no inverse are not refused."""
    log_p = Normal(0.0, 1.0).log_prob(z.double()).sum(dim=1)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        return "wrong", log_p
    return "wrong", log_p - torch.linalg.slogdet(matrix.double()).logabsdet


def report_flow__shapes_not_looked_at(z, matrix):
    """A matrix that is not square is not refused with a ValueError: torch raises its own error."""
    determinant = torch.det(matrix.double())
    if determinant == 0:
        raise ValueError("the matrix has no inverse")
    return right.report_flow(z, matrix)


def report_flow__torchs_own_errors(z, matrix):
    """A ValueError is expected; the error of torch's inverse is no ValueError."""
    torch.linalg.inv(matrix.double())
    return report_flow__takes_every_matrix(z, matrix)


def report_flow__threshold(z, matrix):
    """A matrix with a small determinant is refused, though it can be inverted."""
    if matrix.shape[0] == matrix.shape[1] and abs(torch.det(matrix.double())) < 1e-8:
        raise ValueError("the matrix has no inverse")
    return right.report_flow(z, matrix)


# ── importance_bound_derivation ──────────────────────────────────────────────────────────────────

_made = items.mistakes("importance_bound_derivation", derivations.importance_bound_derivation, 2)
for _name, _answer in _made.items():
    globals()[_name] = _answer


# ── score_function_derivation, pathwise_derivation ───────────────────────────────────────────────

for _name, _answer in (
    items.mistakes("score_function_derivation", derivations.score_function_derivation, 3)
    | items.mistakes("pathwise_derivation", derivations.pathwise_derivation)
).items():
    globals()[_name] = _answer
