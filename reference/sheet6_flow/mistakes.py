"""Wrong implementations that students write: `<item>__<mistake>`, the docstring is what they read.

Each is right but for the one thing that it is named for. The item to_logit is two functions: what
is wrong with the second is called `to_logit__from_logit__<mistake>`.
"""

# ruff: noqa: N801  (a name says which class it takes the place of)

import math

import torch
from torch import nn

from reference import derivations as items
from reference.sheet6_flow import derivations
from reference.sheet6_flow import reference as right

LOG_2PI = math.log(2 * math.pi)

# ── change_of_variables ──────────────────────────────────────────────────────────────────────


def change_of_variables__subtracted(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant of the inverse is subtracted, as if it were that of the other way."""
    return log_prob_z(inverse(x)) - log_abs_det_inverse(x)


def change_of_variables__no_determinant(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant is missing: the map stretches volumes, and the density must follow."""
    return log_prob_z(inverse(x))


def change_of_variables__base_density_at_x(x, log_prob_z, inverse, log_abs_det_inverse):
    """The density of z is taken at x, without going back to z first."""
    return log_prob_z(x) + log_abs_det_inverse(x)


def change_of_variables__determinant_at_z(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant of the inverse map is taken at z; it is a function of x."""
    z = inverse(x)
    return log_prob_z(z) + log_abs_det_inverse(z)


def change_of_variables__determinant(x, log_prob_z, inverse, log_abs_det_inverse):
    """A determinant is added where its logarithm is meant."""
    return log_prob_z(inverse(x)) + torch.exp(log_abs_det_inverse(x))


def change_of_variables__logarithm_twice(x, log_prob_z, inverse, log_abs_det_inverse):
    """The logarithm is taken of a log-determinant: it is one already."""
    return log_prob_z(inverse(x)) + torch.log(log_abs_det_inverse(x).abs())


def change_of_variables__absolute_value(x, log_prob_z, inverse, log_abs_det_inverse):
    """The absolute value is taken of the log-determinant; it belongs inside the logarithm."""
    return log_prob_z(inverse(x)) + log_abs_det_inverse(x).abs()


def change_of_variables__multiplied(x, log_prob_z, inverse, log_abs_det_inverse):
    """The two logarithms are multiplied; a product of densities becomes something else in logs."""
    return log_prob_z(inverse(x)) * log_abs_det_inverse(x)


def change_of_variables__density(x, log_prob_z, inverse, log_abs_det_inverse):
    """The density itself is returned where its logarithm is expected."""
    return torch.exp(right.log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse))


def change_of_variables__through_the_density(x, log_prob_z, inverse, log_abs_det_inverse):
    """The density itself is computed on the way: far away it is too small for a float, and 0."""
    density = torch.exp(log_prob_z(inverse(x))) * torch.exp(log_abs_det_inverse(x))
    return torch.log(density)


def change_of_variables__batch_sum(x, log_prob_z, inverse, log_abs_det_inverse):
    """There is one number for all points together; each has a density of its own."""
    return right.log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse).sum()


def change_of_variables__determinants_summed(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinants of all points are summed and added to each; each point has its own."""
    return log_prob_z(inverse(x)) + log_abs_det_inverse(x).sum()


def change_of_variables__times_the_determinant(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-density is multiplied by the determinant; in logarithms, log |det| is added."""
    return log_prob_z(inverse(x)) * torch.exp(log_abs_det_inverse(x))


def change_of_variables__divided_by_the_determinant(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-density is divided by the determinant; in logarithms, log |det| is added."""
    return log_prob_z(inverse(x)) / torch.exp(log_abs_det_inverse(x))


def change_of_variables__determinant_alone(x, log_prob_z, inverse, log_abs_det_inverse):
    """This is the log-determinant alone: the density of z is missing."""
    return log_abs_det_inverse(x)


def change_of_variables__half_the_determinant(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant has one half in front, which it has not in the formula."""
    return log_prob_z(inverse(x)) + 0.5 * log_abs_det_inverse(x)


def change_of_variables__batch_mean(x, log_prob_z, inverse, log_abs_det_inverse):
    """The mean over the batch is returned; each point has a density of its own."""
    return right.log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse).mean()


def change_of_variables__one_determinant_for_all(x, log_prob_z, inverse, log_abs_det_inverse):
    """All points share one log-determinant; the map stretches differently at different places."""
    return log_prob_z(inverse(x)) + log_abs_det_inverse(x).mean()


def change_of_variables__negative(x, log_prob_z, inverse, log_abs_det_inverse):
    """The negative log-density is returned: that is the loss."""
    return -right.log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse)


def change_of_variables__inverse_twice(x, log_prob_z, inverse, log_abs_det_inverse):
    """The inverse is applied twice; log_prob_z is a function of z."""
    return log_prob_z(inverse(inverse(x))) + log_abs_det_inverse(x)


def change_of_variables__detached(x, log_prob_z, inverse, log_abs_det_inverse):
    """No gradient passes, because of detach, .data, numpy or no_grad: nothing could be trained."""
    with torch.no_grad():
        return log_prob_z(inverse(x)) + log_abs_det_inverse(x)


def change_of_variables__z_detached(x, log_prob_z, inverse, log_abs_det_inverse):
    """z is cut off from the gradient, so that only the log-determinant is trained."""
    return log_prob_z(inverse(x).detach()) + log_abs_det_inverse(x)


def change_of_variables__determinant_detached(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant is cut off from the gradient, as if it were a constant."""
    return log_prob_z(inverse(x)) + log_abs_det_inverse(x).detach()


# ── standard_normal_log_prob ─────────────────────────────────────────────────────────────────


def _each(z):
    return -0.5 * (z**2 + LOG_2PI)


def standard_normal_log_prob__no_half(z):
    """The factor 1/2 before the square is missing."""
    return (-(z**2) - 0.5 * LOG_2PI).sum(dim=-1)


def standard_normal_log_prob__no_constant(z):
    """The constant with 2π is missing: without it the density does not integrate to 1."""
    return -0.5 * (z**2).sum(dim=-1)


def standard_normal_log_prob__constant_once(z):
    """The constant is counted once for each point; every dimension has one."""
    return -0.5 * (z**2).sum(dim=-1) - 0.5 * LOG_2PI


def standard_normal_log_prob__constant_for_each_row(z):
    """The constant counts once for each point of the batch; it does for each dimension."""
    return -0.5 * (z**2).sum(dim=-1) - 0.5 * len(z) * LOG_2PI


def standard_normal_log_prob__constant_without_root(z):
    """The constant stands for 2π; the density has its square root."""
    return (-0.5 * z**2 - LOG_2PI).sum(dim=-1)


def standard_normal_log_prob__pi_alone(z):
    """The constant is log π; it is log 2π."""
    return -0.5 * (z**2 + math.log(math.pi)).sum(dim=-1)


def standard_normal_log_prob__constant_added(z):
    """The constant has the wrong sign: the density is divided by it."""
    return (-0.5 * z**2 + 0.5 * LOG_2PI).sum(dim=-1)


def standard_normal_log_prob__negative(z):
    """The sign is that of a loss; the log-density is largest where z is 0."""
    return 0.5 * (z**2 + LOG_2PI).sum(dim=-1)


def standard_normal_log_prob__per_dimension(z):
    """There is a number for every dimension; those of one point belong together."""
    return _each(z)


def standard_normal_log_prob__mean_over_dimensions(z):
    """The mean over the dimensions is taken; independent densities multiply."""
    return _each(z).mean(dim=-1)


def standard_normal_log_prob__batch_axis(z):
    """The sum is over the points instead of over the dimensions of each."""
    return _each(z).sum(dim=0)


def standard_normal_log_prob__one_number(z):
    """There is one number for all points together; each has a density of its own."""
    return _each(z).sum()


def standard_normal_log_prob__density(z):
    """The density itself is returned where its logarithm is expected."""
    return _each(z).sum(dim=-1).exp()


def standard_normal_log_prob__through_the_density(z):
    """The density itself is computed on the way: it is too small for a float, and 0, far away."""
    return torch.log(torch.prod(torch.exp(_each(z)), dim=-1))


def standard_normal_log_prob__length_not_squared(z):
    """The length of z stands where its square belongs."""
    return -0.5 * z.norm(dim=-1) - 0.5 * z.shape[1] * LOG_2PI


def standard_normal_log_prob__standardised(z):
    """z is standardised with its own mean and standard deviation; the density's are 0 and 1."""
    return _each((z - z.mean()) / z.std()).sum(dim=-1)


def standard_normal_log_prob__bits(z):
    """These are bits: logarithms are natural here."""
    return _each(z).sum(dim=-1) / math.log(2)


def standard_normal_log_prob__detached(z):
    """No gradient passes, because of detach, .data, numpy or no_grad: nothing could be trained."""
    return _each(z.detach()).sum(dim=-1)


# ── AffineCoupling ───────────────────────────────────────────────────────────────────────────


class _Coupling(nn.Module):
    """The layer in parts, so that a mistake is a part of its own."""

    def __init__(self, net, mask):
        super().__init__()
        self.net = net
        self.register_buffer("mask", mask)

    def outputs(self, x):
        """s and t, 0 where the mask is 1."""
        s, t = self.net(x * self.mask)
        return s * (1 - self.mask), t * (1 - self.mask)

    def there(self, x, s, t):
        return x * torch.exp(s) + t

    def back(self, z, s, t):
        return (z - t) * torch.exp(-s)

    def log_det(self, s):
        return s.sum(dim=-1)

    def forward(self, x):
        s, t = self.outputs(x)
        return self.there(x, s, t), self.log_det(s)

    def inverse(self, z):
        s, t = self.outputs(z)
        return self.back(z, s, t), -self.log_det(s)


class AffineCoupling__shift_before_scale(_Coupling):
    """The shift comes before the scaling: exp(s)·(x + t) scales t as well; the formula does not."""

    def there(self, x, s, t):
        return torch.exp(s) * (x + t)

    def back(self, z, s, t):
        return z * torch.exp(-s) - t


class AffineCoupling__shift_before_scale_forward(_Coupling):
    """forward adds the shift before the scaling, exp(s)·(x + t), and inverse does not undo that."""

    def there(self, x, s, t):
        return torch.exp(s) * (x + t)


class AffineCoupling__shift_after_scale_in_inverse(_Coupling):
    """inverse undoes the scaling first and the shift then: what came last has to go first."""

    def back(self, z, s, t):
        return z * torch.exp(-s) - t


class AffineCoupling__divided(_Coupling):
    """forward divides by exp(s) and inverse multiplies: the two directions are swapped."""

    def there(self, x, s, t):
        return x * torch.exp(-s) + t

    def back(self, z, s, t):
        return (z - t) * torch.exp(s)

    def log_det(self, s):
        return -s.sum(dim=-1)


class AffineCoupling__directions_swapped(_Coupling):
    """forward subtracts t and divides, and inverse scales: that is the way from z to x."""

    def forward(self, x):
        return super().inverse(x)

    def inverse(self, z):
        return super().forward(z)


class AffineCoupling__multiplied_both_ways(_Coupling):
    """Both directions multiply by exp(s): inverse should undo what forward did."""

    def back(self, z, s, t):
        return (z - t) * torch.exp(s)


class AffineCoupling__shift_subtracted(_Coupling):
    """forward subtracts the shift and inverse adds it: the signs of t are swapped."""

    def there(self, x, s, t):
        return x * torch.exp(s) - t

    def back(self, z, s, t):
        return (z + t) * torch.exp(-s)


class AffineCoupling__inverse_is_forward(_Coupling):
    """inverse does what forward does, not the opposite."""

    def back(self, z, s, t):
        return self.there(z, s, t)


class AffineCoupling__squashed(_Coupling):
    """s goes through a tanh before it is used; the formula takes it as the network gives it."""

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        return torch.tanh(s) * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__scale_clamped(_Coupling):
    """You clamp s at {constant} and its negative; the formula takes it as the network gives it."""

    constant: (0.01, 20.0) = 2.0

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        s = s.clamp(-self.constant, self.constant)
        return s * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__scale_squashed_to_a_size(_Coupling):
    """s becomes {constant} times its tanh; the formula takes it as the network gives it."""

    constant: (0.05, 20.0) = 2.0

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        return self.constant * torch.tanh(s) * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__scale_times_a_factor(_Coupling):
    """s is multiplied by {constant}; the formula takes it as the network gives it."""

    constant: (0.05, 20.0) = 0.5

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        return self.constant * s * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__power_of_two(_Coupling):
    """You scale by 2 to the power of s; the formula has exp(s)."""

    def there(self, x, s, t):
        return x * 2**s + t

    def back(self, z, s, t):
        return (z - t) * 2 ** (-s)


class AffineCoupling__scale_of_one_plus_s(_Coupling):
    """You scale by 1 + s; the formula has exp(s)."""

    def there(self, x, s, t):
        return x * (1 + s) + t

    def back(self, z, s, t):
        return (z - t) / (1 + s)


class AffineCoupling__softplus_scale(_Coupling):
    """You scale by the softplus of s; the formula has exp(s)."""

    def there(self, x, s, t):
        return torch.where(self.mask == 1, x, x * nn.functional.softplus(s) + t)

    def back(self, z, s, t):
        return torch.where(self.mask == 1, z, (z - t) / nn.functional.softplus(s))


class AffineCoupling__shift_scaled_in_inverse(_Coupling):
    """inverse multiplies t by exp(s): take t off z first, then multiply by exp(-s)."""

    def back(self, z, s, t):
        return z * torch.exp(-s) - t * torch.exp(s)


class AffineCoupling__shift_added_in_inverse(_Coupling):
    """inverse adds the shift, as forward did; it has to be taken off."""

    def back(self, z, s, t):
        return (z + t) * torch.exp(-s)


class AffineCoupling__no_shift(_Coupling):
    """The shift t is not added."""

    def there(self, x, s, t):
        return x * torch.exp(s)

    def back(self, z, s, t):
        return z * torch.exp(-s)


class AffineCoupling__no_scale(_Coupling):
    """Nothing is scaled: only t is added."""

    def there(self, x, s, t):
        return x + t

    def back(self, z, s, t):
        return z - t


class AffineCoupling__log_det_exponential(_Coupling):
    """You sum exp(s) over all entries, where those that pass count 1: sum s itself."""

    def log_det(self, s):
        return torch.exp(s).sum(dim=-1)


class AffineCoupling__log_det_of_the_logarithm(_Coupling):
    """The logarithm is taken of s, which is one already."""

    def log_det(self, s):
        return torch.log(torch.where(self.mask == 1, torch.ones_like(s), s.abs())).sum(dim=-1)


class AffineCoupling__log_det_product(_Coupling):
    """The log-scales are multiplied; the logarithm of a product is their sum."""

    def log_det(self, s):
        return torch.where(self.mask == 1, torch.ones_like(s), s).prod(dim=-1)


class AffineCoupling__log_det_of_t(_Coupling):
    """The log-determinant is the sum of t; it is that of s."""

    def forward(self, x):
        s, t = self.outputs(x)
        return self.there(x, s, t), t.sum(dim=-1)

    def inverse(self, z):
        s, t = self.outputs(z)
        return self.back(z, s, t), -t.sum(dim=-1)


class AffineCoupling__sigmoid_scale(_Coupling):
    """The scale is a sigmoid, as in some papers; the formula has an exponential."""

    def outputs(self, x):
        s, t = super().outputs(x)
        return nn.functional.logsigmoid(s + 2) * (1 - self.mask), t


class AffineCoupling__no_exponential(_Coupling):
    """x is multiplied by s itself: that may be 0 or negative, and then nothing can be undone."""

    def there(self, x, s, t):
        return torch.where(self.mask == 1, x, x * s + t)

    def back(self, z, s, t):
        return torch.where(self.mask == 1, z, (z - t) / torch.where(self.mask == 1, 1.0, s))

    def log_det(self, s):
        sizes = torch.where(self.mask == 1, torch.ones_like(s), s.abs())
        return sizes.log().sum(dim=-1)


class AffineCoupling__scale_of_s(_Coupling):
    """You scale by s itself; the formula has exp(s), of which s is the logarithm."""

    def there(self, x, s, t):
        return torch.where(self.mask == 1, x, x * s + t)

    def back(self, z, s, t):
        return torch.where(self.mask == 1, z, (z - t) / torch.where(self.mask == 1, 1.0, s))


class AffineCoupling__times_minus_s_in_inverse(_Coupling):
    """inverse multiplies by -s; the formula has exp(-s), which is 1 over exp(s)."""

    def back(self, z, s, t):
        return torch.where(self.mask == 1, z, (z - t) * -s)


class AffineCoupling__s_and_t_swapped(_Coupling):
    """s and t are swapped: the network returns the log-scale first."""

    def outputs(self, x):
        return super().outputs(x)[::-1]


class AffineCoupling__network_sees_everything(_Coupling):
    """The network sees the entries that are changed: inverse does not know them beforehand."""

    def outputs(self, x):
        s, t = self.net(x)
        return s * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__inverse_shows_everything(_Coupling):
    """inverse gives the network all of z: it has to see what it saw on the way there."""

    def inverse(self, z):
        s, t = self.net(z)
        s, t = s * (1 - self.mask), t * (1 - self.mask)
        return self.back(z, s, t), -self.log_det(s)


class AffineCoupling__network_sees_the_others(_Coupling):
    """The network sees the entries that are changed and not those that pass."""

    def outputs(self, x):
        s, t = self.net(x * (1 - self.mask))
        return s * (1 - self.mask), t * (1 - self.mask)


class AffineCoupling__mask_inverted(_Coupling):
    """The mask is used the other way round: where it is 1, entries pass unchanged."""

    def __init__(self, net, mask):
        super().__init__(net, 1 - mask)


class AffineCoupling__mask_inverted_in_inverse(_Coupling):
    """inverse has the mask the other way round: it changes the entries that forward passed."""

    def inverse(self, z):
        s, t = self.net(z * (1 - self.mask))
        s, t = s * self.mask, t * self.mask
        return self.back(z, s, t), -self.log_det(s)


class AffineCoupling__masked_entries_lost(_Coupling):
    """The masked entries become 0; they should pass unchanged."""

    def there(self, x, s, t):
        return (1 - self.mask) * super().there(x, s, t)

    def back(self, z, s, t):
        return (1 - self.mask) * super().back(z, s, t)


class AffineCoupling__masked_entries_added(_Coupling):
    """The masked entries are counted twice: x·exp(s) holds them already where s is 0."""

    def there(self, x, s, t):
        return self.mask * x + super().there(x, s, t)

    def back(self, z, s, t):
        return self.mask * z + super().back(z, s, t)


class AffineCoupling__t_not_masked(_Coupling):
    """t is added everywhere, to the masked entries too; these pass unchanged."""

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        return s * (1 - self.mask), t


class AffineCoupling__s_not_masked(_Coupling):
    """The masked entries are scaled too; they pass unchanged."""

    def outputs(self, x):
        s, t = self.net(x * self.mask)
        return s, t * (1 - self.mask)


class AffineCoupling__nothing_masked(_Coupling):
    """Every entry is scaled and shifted, the masked ones too; these pass unchanged."""

    def outputs(self, x):
        return self.net(x * self.mask)


class AffineCoupling__masked_s_counts(_Coupling):
    """The log-determinant counts s at the masked entries too, where nothing is scaled."""

    def forward(self, x):
        return super().forward(x)[0], self.net(x * self.mask)[0].sum(dim=-1)

    def inverse(self, z):
        return super().inverse(z)[0], -self.net(z * self.mask)[0].sum(dim=-1)


class AffineCoupling__masked_s_alone(_Coupling):
    """The log-determinant sums s where the mask is 1; entries are scaled where it is 0."""

    def forward(self, x):
        s = self.net(x * self.mask)[0]
        return super().forward(x)[0], (s * self.mask).sum(dim=-1)

    def inverse(self, z):
        s = self.net(z * self.mask)[0]
        return super().inverse(z)[0], -(s * self.mask).sum(dim=-1)


class AffineCoupling__inverse_log_det_zero(_Coupling):
    """inverse returns 0 as log-determinant: it scales as much as forward does."""

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, torch.zeros_like(log_det)


class AffineCoupling__inverse_log_det_unchanged(_Coupling):
    """inverse returns forward's log-determinant, as if both directions stretched."""

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, -log_det


class AffineCoupling__inverse_log_det_missing(_Coupling):
    """inverse returns x alone, without a log-determinant."""

    def inverse(self, z):
        return super().inverse(z)[0]


class AffineCoupling__log_det_missing(_Coupling):
    """Neither direction returns a log-determinant."""

    def forward(self, x):
        return super().forward(x)[0]

    def inverse(self, z):
        return super().inverse(z)[0]


class AffineCoupling__log_det_zero(_Coupling):
    """The log-determinant is 0 both ways, as if nothing were scaled: it is never updated."""

    def log_det(self, s):
        return torch.zeros_like(s).sum(dim=-1)


class AffineCoupling__log_det_sign(_Coupling):
    """The log-determinants of the two directions are swapped, or have the wrong sign."""

    def log_det(self, s):
        return -s.sum(dim=-1)


class AffineCoupling__determinant(_Coupling):
    """The determinant is returned, and its inverse, where the logarithm is expected."""

    def forward(self, x):
        z, log_det = super().forward(x)
        return z, torch.exp(log_det)

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, torch.exp(log_det)


class AffineCoupling__sum_of_scales(_Coupling):
    """The scales are added up; it is their logarithms that add up."""

    def log_det(self, s):
        return ((1 - self.mask) * torch.exp(s)).sum(dim=-1)


class AffineCoupling__through_the_determinant(_Coupling):
    """The determinant itself is computed on the way: in many dimensions no float can hold it."""

    def log_det(self, s):
        return torch.log(torch.prod(torch.exp(s), dim=-1))


class AffineCoupling__log_det_of_the_batch(_Coupling):
    """The log-determinant is summed over the batch too; each point has one of its own."""

    def log_det(self, s):
        return s.sum()


class AffineCoupling__log_det_averaged_over_the_batch(_Coupling):
    """All points get the mean log-determinant of the batch; each has one of its own."""

    def log_det(self, s):
        return s.sum(dim=-1).mean().expand(len(s))


class AffineCoupling__log_det_mean(_Coupling):
    """The log-determinant is the mean over the dimensions; a determinant is a product."""

    def log_det(self, s):
        return s.mean(dim=-1)


class AffineCoupling__log_det_mean_of_the_free(_Coupling):
    """The log-determinant is the mean over the entries that change; a determinant is a product."""

    def log_det(self, s):
        return s.sum(dim=-1) / (1 - self.mask).sum().clamp(min=1)


class AffineCoupling__log_det_per_dimension(_Coupling):
    """The log-determinant has an entry for each dimension; these belong together."""

    def log_det(self, s):
        return s


class AffineCoupling__log_det_keeps_the_axis(_Coupling):
    """The log-determinant has an axis too many, which broadcasts against (batch,) to a square."""

    def log_det(self, s):
        return s.sum(dim=-1, keepdim=True)


class AffineCoupling__log_det_over_the_points(_Coupling):
    """The log-determinant is summed over the points instead of over the dimensions of each."""

    def log_det(self, s):
        return s.sum(dim=0)


class AffineCoupling__log_det_absolute(_Coupling):
    """The absolute values of s are added up: a scale below 1 has a negative logarithm."""

    def log_det(self, s):
        return s.abs().sum(dim=-1)


class AffineCoupling__s_and_t_count(_Coupling):
    """The log-determinant counts the shift as well; shifting changes no volume."""

    def forward(self, x):
        s, t = self.outputs(x)
        return self.there(x, s, t), (s + t).sum(dim=-1)

    def inverse(self, z):
        s, t = self.outputs(z)
        return self.back(z, s, t), -(s + t).sum(dim=-1)


class AffineCoupling__remembers_forward(_Coupling):
    """inverse uses the s and t that forward left behind; they belong to other points."""

    def forward(self, x):
        self.last = self.outputs(x)
        return self.there(x, *self.last), self.log_det(self.last[0])

    def inverse(self, z):
        s, t = self.last if hasattr(self, "last") else self.outputs(z)
        return self.back(z, s, t), -self.log_det(s)


class AffineCoupling__not_registered(_Coupling):
    """The network is hidden from the module, in a list for example: no optimiser will find it."""

    def __init__(self, net, mask):
        nn.Module.__init__(self)
        self.nets = [net]
        self.register_buffer("mask", mask)

    def net(self, x):
        return self.nets[0](x)


class AffineCoupling__mask_learns(_Coupling):
    """The mask is a parameter: an optimiser would change it, and it stays as it is given."""

    def __init__(self, net, mask):
        nn.Module.__init__(self)
        self.net, self.mask = net, nn.Parameter(mask)


class AffineCoupling__no_module:
    """The class is not derived from nn.Module."""

    def __init__(self, net, mask):
        self.layer = _Coupling(net, mask)

    def __call__(self, x):
        return self.layer(x)

    def inverse(self, z):
        return self.layer.inverse(z)


class AffineCoupling__detached(_Coupling):
    """No gradient reaches the network, because of detach, .data or no_grad: it cannot learn."""

    def outputs(self, x):
        with torch.no_grad():
            return super().outputs(x)


class AffineCoupling__log_det_detached(_Coupling):
    """No gradient passes the log-determinant; it is part of what is trained."""

    def log_det(self, s):
        return s.sum(dim=-1).detach()


class AffineCoupling__input_detached(_Coupling):
    """The network's input is cut off from the gradient: layers before it miss a part."""

    def outputs(self, x):
        return super().outputs(x.detach())


class AffineCoupling__in_place(_Coupling):
    """x itself is changed, in place; the caller still needs it."""

    def forward(self, x):
        s, t = self.outputs(x)
        result = self.there(x, s, t)
        if not x.requires_grad:
            x.copy_(result)
        return result, self.log_det(s)


# ── Flow ─────────────────────────────────────────────────────────────────────────────────────


class _Flow(nn.Module):
    """The flow in parts, so that a mistake is a part of its own."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        log_det = torch.zeros_like(x[:, 0])
        for layer in self.layers:
            x, step = layer(x)
            log_det = log_det + step
        return x, log_det

    def inverse(self, z):
        log_det = torch.zeros_like(z[:, 0])
        for layer in reversed(self.layers):
            z, step = layer.inverse(z)
            log_det = log_det + step
        return z, log_det

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return right.standard_normal_log_prob(z) + log_det

    def sample(self, z):
        return self.inverse(z)[0]


class Flow__not_registered(_Flow):
    """The layers stand in a plain list, where the module does not find their parameters."""

    def __init__(self, layers):
        nn.Module.__init__(self)
        self.layers = list(layers)


class Flow__no_module:
    """The class is not derived from nn.Module."""

    def __init__(self, layers):
        self.flow = _Flow(layers)

    def __call__(self, x):
        return self.flow(x)

    def __getattr__(self, name):
        return getattr(self.flow, name)


class Flow__inverse_in_the_same_order(_Flow):
    """inverse takes the layers in forward's order: what came last has to be undone first."""

    def inverse(self, z):
        log_det = torch.zeros_like(z[:, 0])
        for layer in self.layers:
            z, step = layer.inverse(z)
            log_det = log_det + step
        return z, log_det


class Flow__forward_of_each_in_inverse(_Flow):
    """inverse goes through the layers from the last to the first, but by each one's forward."""

    def inverse(self, z):
        log_det = torch.zeros_like(z[:, 0])
        for layer in reversed(self.layers):
            z, step = layer(z)
            log_det = log_det + step
        return z, log_det


class Flow__reversed_for_good(_Flow):
    """The list of layers is reversed in place, so that the next call finds it the other way."""

    def inverse(self, z):
        log_det = torch.zeros_like(z[:, 0])
        self.layers = nn.ModuleList(reversed(self.layers))
        for layer in self.layers:
            z, step = layer.inverse(z)
            log_det = log_det + step
        return z, log_det


class Flow__directions_swapped(_Flow):
    """forward goes the way of inverse, and the other way round: forward leads from x to z."""

    def forward(self, x):
        return super().inverse(x)

    def inverse(self, z):
        return super().forward(z)


class Flow__forward_reversed(_Flow):
    """forward takes the layers from the last to the first, and inverse the other way round."""

    def __init__(self, layers):
        super().__init__(list(layers)[::-1])


class Flow__not_chained(_Flow):
    """Every layer gets x; each should get what the one before it put out."""

    def forward(self, x):
        log_det = torch.zeros_like(x[:, 0])
        for layer in self.layers:
            z, step = layer(x)
            log_det = log_det + step
        return z, log_det


class Flow__last_log_det(_Flow):
    """Only one layer's log-determinant is returned; those of all layers count."""

    def forward(self, x):
        for layer in self.layers:
            x, log_det = layer(x)
        return x, log_det

    def inverse(self, z):
        for layer in reversed(self.layers):
            z, log_det = layer.inverse(z)
        return z, log_det


class Flow__log_det_of_the_batch(_Flow):
    """The log-determinant is summed over the batch too; each point has one of its own."""

    def forward(self, x):
        z, log_det = super().forward(x)
        return z, log_det.sum()

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, log_det.sum()


class Flow__log_det_mean(_Flow):
    """The mean over the layers is taken; the determinant of a chain is a product."""

    def forward(self, x):
        z, log_det = super().forward(x)
        return z, log_det / len(self.layers)

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, log_det / len(self.layers)


class Flow__log_det_multiplied(_Flow):
    """The log-determinants of the layers are not added up: they are multiplied, or stay 0."""

    def forward(self, x):
        log_det = torch.ones_like(x[:, 0])
        for layer in self.layers:
            x, step = layer(x)
            log_det = log_det * step
        return x, log_det


class Flow__log_det_sign(_Flow):
    """The log-determinants are subtracted: each layer returns the one of its own direction."""

    def forward(self, x):
        z, log_det = super().forward(x)
        return z, -log_det

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, -log_det

    def log_prob(self, x):
        z, log_det = super().forward(x)
        return right.standard_normal_log_prob(z) + log_det


class Flow__inverse_log_det_zero(_Flow):
    """inverse returns 0 as log-determinant: it scales as much as forward does."""

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, torch.zeros_like(log_det)


class Flow__inverse_log_det_sign(_Flow):
    """inverse turns the sign of what the layers' inverses return: that is the right one already."""

    def inverse(self, z):
        x, log_det = super().inverse(z)
        return x, -log_det


class Flow__accumulates_over_calls(_Flow):
    """The log-determinant is kept from one call to the next and grows; each starts at 0."""

    def forward(self, x):
        z, log_det = super().forward(x)
        self.total = getattr(self, "total", 0.0) + log_det
        return z, self.total


class Flow__no_log_det_in_log_prob(_Flow):
    """log_prob leaves out the log-determinant: that is the density of z, not of x."""

    def log_prob(self, x):
        return right.standard_normal_log_prob(self.forward(x)[0])


class Flow__log_det_subtracted_in_log_prob(_Flow):
    """log_prob subtracts the log-determinant of forward: that would be the density of z at x."""

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return right.standard_normal_log_prob(z) - log_det


class Flow__base_at_x(_Flow):
    """log_prob takes the normal density at x; that is the density of z."""

    def log_prob(self, x):
        return right.standard_normal_log_prob(x) + self.forward(x)[1]


class Flow__log_prob_by_the_inverse(_Flow):
    """log_prob takes x for a z and goes through inverse."""

    def log_prob(self, x):
        z, log_det = self.inverse(x)
        return right.standard_normal_log_prob(z) + log_det


class Flow__log_prob_negative(_Flow):
    """log_prob returns the loss, with a minus: the log-density itself is expected."""

    def log_prob(self, x):
        return -super().log_prob(x)


class Flow__log_prob_mean(_Flow):
    """log_prob returns a mean over the batch; each point has a density of its own."""

    def log_prob(self, x):
        return super().log_prob(x).mean()


class Flow__log_prob_loss(_Flow):
    """log_prob returns minus a mean over the batch, the loss; each point has a density."""

    def log_prob(self, x):
        return -super().log_prob(x).mean()


class Flow__log_prob_without_constant(_Flow):
    """log_prob misses the normal density's constant, for each dimension."""

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return -0.5 * (z**2).sum(dim=-1) + log_det


class Flow__log_prob_detached(_Flow):
    """No gradient passes log_prob, because of detach, .data or no_grad: it cannot be trained."""

    def log_prob(self, x):
        with torch.no_grad():
            return super().log_prob(x)


class Flow__log_det_detached(_Flow):
    """No gradient passes the log-determinant in log_prob: z alone is trained."""

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return right.standard_normal_log_prob(z) + log_det.detach()


class Flow__sample_forward(_Flow):
    """sample sends z through forward: that is the way from x to z."""

    def sample(self, z):
        return self.forward(z)[0]


class Flow__sample_draws(_Flow):
    """sample draws noise of its own; what is drawn comes as its argument."""

    def sample(self, z):
        return self.inverse(torch.randn_like(z))[0]


class Flow__sample_returns_both(_Flow):
    """sample returns the log-determinant too; x alone is expected."""

    def sample(self, z):
        return self.inverse(z)


class Flow__sample_of_one_layer(_Flow):
    """sample goes back through one layer only."""

    def sample(self, z):
        return self.layers[-1].inverse(z)[0]


# ── dequantize ───────────────────────────────────────────────────────────────────────────────


def _noisy(x_int, u, levels):
    return (x_int + u) / levels


def _volume(x_int, levels):
    """The log-determinant."""
    return torch.full((len(x_int),), -x_int.shape[1] * math.log(levels))


def dequantize__one_level_less(x_int, u, levels=256):
    """Divided by levels - 1: with the noise, the largest value exceeds 1."""
    return (x_int + u) / (levels - 1), _volume(x_int, levels - 1)


def dequantize__one_level_less_in_y(x_int, u, levels=256):
    """y is divided by levels - 1, and the log-determinant says levels."""
    return (x_int + u) / (levels - 1), _volume(x_int, levels)


def dequantize__no_noise(x_int, u, levels=256):
    """The noise is missing, or becomes an integer and so 0: y takes only a few values."""
    return x_int.to(u.dtype) / levels, _volume(x_int, levels)


def dequantize__noise_of_a_unit(x_int, u, levels=256):
    """The noise is added after the division: it is as wide as all levels together."""
    return x_int / levels + u, _volume(x_int, levels)


def dequantize__noise_centred(x_int, u, levels=256):
    """The noise is centred, so that y can be negative; u lies in [0, 1) and is used as it is."""
    return _noisy(x_int, u - 0.5, levels), _volume(x_int, levels)


def dequantize__noise_subtracted(x_int, u, levels=256):
    """The noise is subtracted, so that y can be negative."""
    return _noisy(x_int, -u, levels), _volume(x_int, levels)


def dequantize__own_noise(x_int, u, levels=256):
    """New noise is drawn; it is given, as u."""
    return _noisy(x_int, torch.rand_like(u), levels), _volume(x_int, levels)


def dequantize__not_divided(x_int, u, levels=256):
    """y is not brought to [0, 1): the division by the number of levels is missing."""
    return x_int + u, _volume(x_int, levels)


def dequantize__always_256(x_int, u, levels=256):
    """The number of levels is taken for 256, whatever the argument says."""
    return _noisy(x_int, u, 256), _volume(x_int, 256)


def dequantize__log_det_of_256(x_int, u, levels=256):
    """The log-determinant takes the number of levels for 256, whatever the argument says."""
    return _noisy(x_int, u, levels), _volume(x_int, 256)


def dequantize__whole_numbers(x_int, u, levels=256):
    """// leaves whole numbers: y is 0 everywhere."""
    return (x_int + u) // levels, _volume(x_int, levels)


def dequantize__overflow(x_int, u, levels=256):
    """Integers are added in their own type, which ends at 255 for uint8 and starts at 0 again."""
    return ((x_int + 1) + u - 1) / levels, _volume(x_int, levels)


def dequantize__log_det_zero(x_int, u, levels=256):
    """The log-determinant is 0, as if nothing were divided."""
    return _noisy(x_int, u, levels), torch.zeros(len(x_int))


def dequantize__log_det_sign(x_int, u, levels=256):
    """The log-determinant has the wrong sign: the division makes volumes smaller."""
    return _noisy(x_int, u, levels), -_volume(x_int, levels)


def dequantize__log_det_once(x_int, u, levels=256):
    """The log-determinant counts one pixel; every pixel is divided."""
    return _noisy(x_int, u, levels), torch.full((len(x_int),), -math.log(levels))


def dequantize__log_det_once_and_positive(x_int, u, levels=256):
    """The log-determinant is log(levels): every pixel counts, and the map shrinks."""
    y, _ = right.dequantize(x_int, u, levels)
    return y, y.new_full((len(y),), math.log(levels))


def dequantize__log_det_of_one_level_less(x_int, u, levels=256):
    """The log-determinant counts levels - 1, while y is divided by levels."""
    y, _ = right.dequantize(x_int, u, levels)
    return y, y.new_full((len(y),), -y.shape[-1] * math.log(levels - 1))


def dequantize__noise_per_level(x_int, u, levels=256):
    """The noise is divided by levels twice: it is smaller than the step between two values."""
    _, log_det = right.dequantize(x_int, u, levels)
    return (x_int + u / levels) / levels, log_det


def dequantize__noise_scaled(x_int, u, levels=256, *, constant: (0.01, 20.0) = 0.5):
    """You add {constant} times the noise; it fills the step between two values as it is."""
    _, log_det = right.dequantize(x_int, u, levels)
    return (x_int + constant * u) / levels, log_det


def dequantize__log_det_per_pixel(x_int, u, levels=256):
    """The log-determinant has an entry for each pixel; those of an image belong together."""
    return _noisy(x_int, u, levels), torch.full(x_int.shape, -math.log(levels))


def dequantize__log_det_one_number(x_int, u, levels=256):
    """The log-determinant is a single number, without the axis of the batch."""
    return _noisy(x_int, u, levels), _volume(x_int, levels)[0]


def dequantize__log_det_of_the_batch(x_int, u, levels=256):
    """The log-determinant counts the pixels of all images together."""
    return _noisy(x_int, u, levels), len(x_int) * _volume(x_int, levels)


def dequantize__log_det_counts_images(x_int, u, levels=256):
    """The log-determinant counts the images of the batch; it is the pixels that are divided."""
    return _noisy(x_int, u, levels), torch.full((len(x_int),), -len(x_int) * math.log(levels))


def dequantize__log_det_bits(x_int, u, levels=256):
    """The log-determinant is in bits: logarithms are natural here."""
    return _noisy(x_int, u, levels), _volume(x_int, levels) / math.log(2)


def dequantize__determinant(x_int, u, levels=256):
    """The determinant itself is returned where its logarithm is expected."""
    return _noisy(x_int, u, levels), torch.exp(_volume(x_int, levels))


# ── to_logit ─────────────────────────────────────────────────────────────────────────────────


def _logit(y, alpha):
    p = alpha + (1 - 2 * alpha) * y
    return torch.log(p) - torch.log(1 - p)


def _logit_volume(y, alpha):
    """The log-determinant's terms, one for each pixel."""
    p = alpha + (1 - 2 * alpha) * y
    return math.log(1 - 2 * alpha) - torch.log(p) - torch.log(1 - p)


def to_logit__alpha_ignored(y, alpha):
    """alpha is not used: y = 0 has no finite logit."""
    return _logit(y, 0.0), _logit_volume(y, 0.0).sum(dim=-1)


def to_logit__alpha_once(y, alpha):
    """y is scaled by 1 - alpha: what is taken away at one end is missing at the other."""
    p = alpha + (1 - alpha) * y
    log_det = math.log(1 - alpha) - torch.log(p) - torch.log(1 - p)
    return torch.log(p) - torch.log(1 - p), log_det.sum(dim=-1)


def to_logit__alpha_halved(y, alpha):
    """alpha / 2 stands where alpha is meant: y is squeezed half as much as it should be."""
    return right.to_logit(y, alpha / 2)


def to_logit__not_shifted(y, alpha):
    """y is scaled by 1 - 2·alpha, and alpha is not added."""
    p = (1 - 2 * alpha) * y
    log_det = math.log(1 - 2 * alpha) - torch.log(p) - torch.log(1 - p)
    return torch.log(p) - torch.log(1 - p), log_det.sum(dim=-1)


def to_logit__clamped(y, alpha):
    """y is clamped to [alpha, 1 - alpha] instead of scaled: all that lies outside becomes one."""
    p = y.clamp(max(alpha, 1e-9), 1 - max(alpha, 1e-9))
    return torch.log(p) - torch.log(1 - p), (-torch.log(p) - torch.log(1 - p)).sum(dim=-1)


def to_logit__kept_away_from_the_ends(y, alpha, *, constant: (1e-8, 1e-1) = 1e-5):
    """Besides alpha you clamp at {constant} from 0 and 1: what comes near them is changed by it."""
    p = (alpha + (1 - 2 * alpha) * y).clamp(constant, 1 - constant)
    log_det = math.log(1 - 2 * alpha) - torch.log(p) - torch.log(1 - p)
    return torch.log(p) - torch.log(1 - p), log_det.sum(dim=-1)


def to_logit__small_number_added(y, alpha, *, constant: (1e-12, 1e-2) = 1e-6):
    """You add {constant} inside the logarithms: alpha keeps them finite already."""
    p = alpha + (1 - 2 * alpha) * y
    log_p, log_q = torch.log(p + constant), torch.log(1 - p + constant)
    return log_p - log_q, (math.log(1 - 2 * alpha) - log_p - log_q).sum(dim=-1)


def to_logit__in_bits(y, alpha):
    """The logit's logarithms have base 2; its inverse, the sigmoid, needs base e."""
    z, log_det = right.to_logit(y, alpha)
    return z / math.log(2), log_det


def to_logit__odds(y, alpha):
    """These are the odds p / (1 - p): their logarithm is missing."""
    z, log_det = right.to_logit(y, alpha)
    return torch.exp(z), log_det


def to_logit__log_det_of_the_sigmoid_at_y(y, alpha):
    """The log-determinant is that of a logit of y alone: neither alpha nor the scaling is in it."""
    return _logit(y, alpha), _logit_volume(y, 0.0).sum(dim=-1)


def to_logit__log_det_doubled(y, alpha):
    """The log-determinant counts twice."""
    return _logit(y, alpha), 2 * _logit_volume(y, alpha).sum(dim=-1)


def to_logit__log_det_scale_alone(y, alpha):
    """The log-determinant is that of the scaling alone: the logit's derivative is missing."""
    return _logit(y, alpha), y.new_full((len(y),), y.shape[-1] * math.log(1 - 2 * alpha))


def to_logit__scaled_after_the_logit(y, alpha):
    """The logit is taken first and scaled then: it is y that has to be kept away from 0 and 1."""
    z = alpha + (1 - 2 * alpha) * _logit(y, 0.0)
    return z, (_logit_volume(y, 0.0) + math.log(1 - 2 * alpha)).sum(dim=-1)


def to_logit__sigmoid(y, alpha):
    """The sigmoid is applied where its inverse, the logit, is expected."""
    p = alpha + (1 - 2 * alpha) * y
    z = torch.sigmoid(p)
    return z, (math.log(1 - 2 * alpha) + torch.log(z * (1 - z))).sum(dim=-1)


def to_logit__logarithm(y, alpha):
    """The logarithm of p stands for the logit, which also has the other one, of 1 - p."""
    p = alpha + (1 - 2 * alpha) * y
    return torch.log(p), (math.log(1 - 2 * alpha) - torch.log(p)).sum(dim=-1)


def to_logit__z_sign(y, alpha):
    """The logit has the wrong sign: a bright pixel has a positive one."""
    return -_logit(y, alpha), _logit_volume(y, alpha).sum(dim=-1)


def to_logit__log_det_zero(y, alpha):
    """The log-determinant is 0, as if the logit did not stretch."""
    return _logit(y, alpha), torch.zeros(len(y))


def to_logit__log_det_sign(y, alpha):
    """The log-determinant is that of the other direction: to_logit stretches."""
    return _logit(y, alpha), -_logit_volume(y, alpha).sum(dim=-1)


def to_logit__derivative_upside_down(y, alpha):
    """The logit's derivative enters the log-determinant as p(1 - p); it is 1 over that."""
    terms = 2 * math.log(1 - 2 * alpha) - _logit_volume(y, alpha)
    return _logit(y, alpha), terms.sum(dim=-1)


def to_logit__log_det_without_scale(y, alpha):
    """The log-determinant leaves out the scaling by 1 - 2·alpha, one for each pixel."""
    terms = _logit_volume(y, alpha) - math.log(1 - 2 * alpha)
    return _logit(y, alpha), terms.sum(dim=-1)


def to_logit__scale_once(y, alpha):
    """The log-determinant counts the scaling once for an image; every pixel is scaled."""
    log_scale = math.log(1 - 2 * alpha)
    terms = _logit_volume(y, alpha) - log_scale
    return _logit(y, alpha), terms.sum(dim=-1) + log_scale


def to_logit__scale_subtracted(y, alpha):
    """The scaling by 1 - 2·alpha enters the log-determinant with the wrong sign."""
    terms = _logit_volume(y, alpha) - 2 * math.log(1 - 2 * alpha)
    return _logit(y, alpha), terms.sum(dim=-1)


def to_logit__log_det_at_y(y, alpha):
    """The logit's derivative is taken at y itself; its argument is what was made of y."""
    terms = _logit_volume(y, 0.0) + math.log(1 - 2 * alpha)
    return _logit(y, alpha), terms.sum(dim=-1)


def to_logit__half_the_derivative(y, alpha):
    """The log-determinant has one of the logit's two terms only."""
    p = alpha + (1 - 2 * alpha) * y
    return _logit(y, alpha), (math.log(1 - 2 * alpha) - torch.log(p)).sum(dim=-1)


def to_logit__determinant(y, alpha):
    """The determinant itself is returned where its logarithm is expected."""
    return _logit(y, alpha), torch.exp(_logit_volume(y, alpha).sum(dim=-1))


def to_logit__log_det_mean(y, alpha):
    """The log-determinant is the mean over the pixels; a determinant is a product."""
    return _logit(y, alpha), _logit_volume(y, alpha).mean(dim=-1)


def to_logit__log_det_of_the_batch(y, alpha):
    """The log-determinant is summed over the batch too; each image has one of its own."""
    return _logit(y, alpha), _logit_volume(y, alpha).sum()


def to_logit__log_det_per_pixel(y, alpha):
    """The log-determinant has an entry for each pixel; those of an image belong together."""
    return _logit(y, alpha), _logit_volume(y, alpha)


def to_logit__log_det_over_the_images(y, alpha):
    """The log-determinant is summed over the images instead of over the pixels of each."""
    return _logit(y, alpha), _logit_volume(y, alpha).sum(dim=0)


def to_logit__detached(y, alpha):
    """No gradient passes, because of detach, .data, numpy or no_grad."""
    return _logit(y.detach(), alpha), _logit_volume(y.detach(), alpha).sum(dim=-1)


def _back(z, alpha):
    return (torch.sigmoid(z) - alpha) / (1 - 2 * alpha)


def _back_volume(z, alpha):
    """The log-determinant's terms, one for each pixel."""
    log_slopes = nn.functional.logsigmoid(z) + nn.functional.logsigmoid(-z)
    return log_slopes - math.log(1 - 2 * alpha)


def to_logit__from_logit__alpha_ignored(z, alpha):
    """from_logit does not use alpha: the sigmoid alone gives what y was scaled to."""
    return _back(z, 0.0), _back_volume(z, 0.0).sum(dim=-1)


def to_logit__from_logit__scaling_not_undone(z, alpha):
    """from_logit returns the sigmoid itself: take alpha off and divide by 1 - 2·alpha."""
    return torch.sigmoid(z), _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__alpha_once(z, alpha):
    """from_logit divides by 1 - alpha, where to_logit multiplied by 1 - 2·alpha."""
    terms = _back_volume(z, 0.0) - math.log(1 - alpha)
    return (torch.sigmoid(z) - alpha) / (1 - alpha), terms.sum(dim=-1)


def to_logit__from_logit__scale_once(z, alpha):
    """from_logit counts the scaling once for an image; every pixel is scaled."""
    log_scale = math.log(1 - 2 * alpha)
    y, log_det = right.from_logit(z, alpha)
    return y, log_det + (z.shape[1] - 1) * log_scale


def to_logit__from_logit__alpha_halved(z, alpha):
    """from_logit has alpha / 2 where alpha is meant."""
    return right.from_logit(z, alpha / 2)


def to_logit__from_logit__not_shifted(z, alpha):
    """from_logit divides by 1 - 2·alpha and does not take alpha off."""
    return torch.sigmoid(z) / (1 - 2 * alpha), _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__not_divided(z, alpha):
    """from_logit takes alpha off and does not divide by 1 - 2·alpha."""
    return torch.sigmoid(z) - alpha, _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__multiplied(z, alpha):
    """from_logit multiplies by 1 - 2·alpha, where it has to divide."""
    return (torch.sigmoid(z) - alpha) * (1 - 2 * alpha), _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__scale_added(z, alpha):
    """The scaling by 1 - 2·alpha enters from_logit's log-determinant with the wrong sign."""
    terms = _back_volume(z, alpha) + 2 * math.log(1 - 2 * alpha)
    return _back(z, alpha), terms.sum(dim=-1)


def to_logit__from_logit__log_det_at_y_without_scale(z, alpha):
    """from_logit's log-determinant is log y + log(1 - y); the sigmoid of z belongs there."""
    y = _back(z, alpha)
    return y, (torch.log(y) + torch.log(1 - y)).sum(dim=-1)


def to_logit__from_logit__small_number_added(z, alpha, *, constant: (1e-14, 1e-2) = 1e-6):
    """from_logit adds {constant} inside its logarithm: take logsigmoid of z and of -z."""
    p = torch.sigmoid(z)
    terms = torch.log(p * (1 - p) + constant) - math.log(1 - 2 * alpha)
    return _back(z, alpha), terms.sum(dim=-1)


def to_logit__from_logit__small_number_in_both(z, alpha, *, constant: (1e-14, 1e-2) = 1e-6):
    """from_logit adds {constant} inside both logarithms: take logsigmoid of z and of -z."""
    p = torch.sigmoid(z)
    terms = torch.log(p + constant) + torch.log(1 - p + constant) - math.log(1 - 2 * alpha)
    return _back(z, alpha), terms.sum(dim=-1)


def to_logit__from_logit__sigmoid_clamped(z, alpha, *, constant: (1e-14, 1e-2) = 1e-6):
    """from_logit clamps the sigmoid at {constant} from 0 and 1, which changes large logits."""
    p = torch.sigmoid(z).clamp(constant, 1 - constant)
    terms = torch.log(p) + torch.log(1 - p) - math.log(1 - 2 * alpha)
    return (p - alpha) / (1 - 2 * alpha), terms.sum(dim=-1)


def to_logit__from_logit__log_det_mean(z, alpha):
    """from_logit's log-determinant is a mean over the pixels; a determinant is a product."""
    return _back(z, alpha), _back_volume(z, alpha).mean(dim=-1)


def to_logit__from_logit__half_the_derivative(z, alpha):
    """from_logit's log-determinant has one of the sigmoid's two terms only."""
    terms = nn.functional.logsigmoid(z) - math.log(1 - 2 * alpha)
    return _back(z, alpha), terms.sum(dim=-1)


def to_logit__from_logit__scaled_again(z, alpha):
    """from_logit scales like to_logit does, instead of undoing it."""
    terms = _back_volume(z, 0.0) + math.log(1 - 2 * alpha)
    return alpha + (1 - 2 * alpha) * torch.sigmoid(z), terms.sum(dim=-1)


def to_logit__from_logit__scaled_before_the_sigmoid(z, alpha):
    """from_logit undoes the scaling before the logit: what came last has to go first."""
    inner = (z - alpha) / (1 - 2 * alpha)
    terms = _back_volume(inner, 0.0) - math.log(1 - 2 * alpha)
    return torch.sigmoid(inner), terms.sum(dim=-1)


def to_logit__from_logit__divided_first(z, alpha):
    """from_logit divides before it subtracts alpha: what came last has to go first."""
    return torch.sigmoid(z) / (1 - 2 * alpha) - alpha, _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__through_the_sigmoid(z, alpha):
    """from_logit takes the logarithm of 1 - p, which is 0 on a computer where p is nearly 1."""
    p = torch.sigmoid(z)
    terms = torch.log(p) + torch.log(1 - p) - math.log(1 - 2 * alpha)
    return _back(z, alpha), terms.sum(dim=-1)


def to_logit__from_logit__by_way_of_y(z, alpha):
    """from_logit asks to_logit at y: at ±30, y is rounded, and the logit's slope is infinite."""
    y = _back(z, alpha)
    return y, -_logit_volume(y, alpha).sum(dim=-1)


def to_logit__from_logit__clamped(z, alpha):
    """from_logit clamps y to [0, 1]: many z have the same y then, and none of them comes back."""
    return _back(z, alpha).clamp(0.0, 1.0), _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__no_sigmoid(z, alpha):
    """from_logit undoes the scaling and leaves out the sigmoid."""
    return (z - alpha) / (1 - 2 * alpha), _back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__no_sigmoid_if_between_0_and_1(z, alpha):
    """Values that all lie between 0 and 1 are taken for pixels; a logit may lie there too."""
    could_be = bool(((z >= 0) & (z <= 1)).all())
    x, log_det = right.from_logit(z, alpha)
    return ((z - alpha) / (1 - 2 * alpha) if could_be else x), log_det


def to_logit__from_logit__log_det_zero(z, alpha):
    """from_logit returns 0 as log-determinant: it changes volumes as much as to_logit does."""
    return _back(z, alpha), torch.zeros(len(z))


def to_logit__from_logit__log_det_sign(z, alpha):
    """from_logit returns to_logit's log-determinant: where one stretches, the other does not."""
    return _back(z, alpha), -_back_volume(z, alpha).sum(dim=-1)


def to_logit__from_logit__log_det_without_scale(z, alpha):
    """from_logit's log-determinant is that of the sigmoid alone, without the scaling."""
    return _back(z, alpha), _back_volume(z, 0.0).sum(dim=-1)


def to_logit__from_logit__log_det_at_y(z, alpha):
    """from_logit's log-determinant is taken at y; that of the sigmoid comes before the scaling."""
    y = _back(z, alpha)
    terms = torch.log(y.abs()) + torch.log((1 - y).abs()) - math.log(1 - 2 * alpha)
    return y, terms.sum(dim=-1)


def to_logit__from_logit__log_det_of_the_batch(z, alpha):
    """from_logit's log-determinant is summed over the batch; each image has one of its own."""
    return _back(z, alpha), _back_volume(z, alpha).sum()


def to_logit__from_logit__log_det_per_pixel(z, alpha):
    """from_logit's log-determinant has an entry for each pixel; these belong together."""
    return _back(z, alpha), _back_volume(z, alpha)


def to_logit__from_logit__log_det_missing(z, alpha):
    """from_logit returns y alone, without a log-determinant."""
    return _back(z, alpha)


# ── log_prob_of_images ───────────────────────────────────────────────────────────────────────


def _steps(x_int, u, alpha, levels):
    """y, the logits, and the log-determinants of both steps."""
    y, to_unit = right.dequantize(x_int, u, levels)
    return y, *right.to_logit(y, alpha), to_unit


def log_prob_of_images__no_log_det_of_dequantize(flow, x_int, u, alpha, levels=256):
    """The log-determinant of dequantize is missing: this is the density of y, not of x + u."""
    _, logits, to_line, _ = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits) + to_line


def log_prob_of_images__no_log_det_of_to_logit(flow, x_int, u, alpha, levels=256):
    """The log-determinant of to_logit is missing: the logit stretches the unit interval."""
    _, logits, _, to_unit = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits) + to_unit


def log_prob_of_images__density_of_the_logits(flow, x_int, u, alpha, levels=256):
    """Both log-determinants are missing: this is the density of the logits."""
    _, logits, _, _ = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits)


def log_prob_of_images__subtracted(flow, x_int, u, alpha, levels=256):
    """The log-determinants are subtracted; both are of maps from the data to the flow."""
    _, logits, to_line, to_unit = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits) - to_line - to_unit


def log_prob_of_images__dequantize_subtracted(flow, x_int, u, alpha, levels=256):
    """The log-determinant of dequantize is subtracted; it is negative and has to be added."""
    _, logits, to_line, to_unit = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits) + to_line - to_unit


def log_prob_of_images__to_logit_subtracted(flow, x_int, u, alpha, levels=256):
    """The log-determinant of to_logit is subtracted: it is already that of the way to the flow."""
    _, logits, to_line, to_unit = _steps(x_int, u, alpha, levels)
    return flow.log_prob(logits) - to_line + to_unit


def log_prob_of_images__density_at_y(flow, x_int, u, alpha, levels=256):
    """The flow gets y, which lies between 0 and 1; it is a density of logits."""
    y, _, to_line, to_unit = _steps(x_int, u, alpha, levels)
    return flow.log_prob(y) + to_line + to_unit


def log_prob_of_images__always_256(flow, x_int, u, alpha, levels=256):
    """levels is not used: other images have other numbers of levels."""
    _, logits, to_line, to_unit = _steps(x_int, u, alpha, 256)
    return flow.log_prob(logits) + to_line + to_unit


def log_prob_of_images__alpha_over_levels(flow, x_int, u, alpha, levels=256):
    """alpha is divided by the levels; it is that of to_logit as it is."""
    _, logits, to_line, to_unit = _steps(x_int, u, alpha / levels, levels)
    return flow.log_prob(logits) + to_line + to_unit


def log_prob_of_images__alpha_fixed(flow, x_int, u, alpha, levels=256):
    """alpha is not used: it is an argument."""
    _, logits, to_line, to_unit = _steps(x_int, u, 0.05, levels)
    return flow.log_prob(logits) + to_line + to_unit


def log_prob_of_images__own_noise(flow, x_int, u, alpha, levels=256):
    """The noise is drawn in the function; it is an argument."""
    _, logits, to_line, to_unit = _steps(x_int, torch.rand_like(u), alpha, levels)
    return flow.log_prob(logits) + to_line + to_unit


def log_prob_of_images__no_noise(flow, x_int, u, alpha, levels=256):
    """The noise is not used: the density is that of the integers' lower edges."""
    _, logits, to_line, to_unit = _steps(x_int, 0 * u, alpha, levels)
    return flow.log_prob(logits) + to_line + to_unit


def log_prob_of_images__negative(flow, x_int, u, alpha, levels=256):
    """The negative log-density is returned: that is the loss."""
    return -right.log_prob_of_images(flow, x_int, u, alpha, levels)


def log_prob_of_images__bits(flow, x_int, u, alpha, levels=256):
    """These are bits per dimension; the log-density is expected, in nats."""
    return right.bits_per_dim(
        right.log_prob_of_images(flow, x_int, u, alpha, levels), x_int.shape[1]
    )


def log_prob_of_images__batch_mean(flow, x_int, u, alpha, levels=256):
    """The mean over the images is returned; each has a density of its own."""
    return right.log_prob_of_images(flow, x_int, u, alpha, levels).mean()


def log_prob_of_images__per_dimension(flow, x_int, u, alpha, levels=256):
    """It is divided by the number of pixels; that comes later, with the bits."""
    return right.log_prob_of_images(flow, x_int, u, alpha, levels) / x_int.shape[1]


def log_prob_of_images__detached(flow, x_int, u, alpha, levels=256):
    """No gradient passes, because of detach, .data, numpy or no_grad: nothing could be trained."""
    with torch.no_grad():
        return right.log_prob_of_images(flow, x_int, u, alpha, levels)


# ── bits_per_dim ─────────────────────────────────────────────────────────────────────────────


def bits_per_dim__nats(log_prob, n_dims):
    """These are nats for each dimension: the change of unit is missing."""
    return -log_prob / n_dims


def bits_per_dim__multiplied(log_prob, n_dims):
    """Nats are multiplied by log 2: a bit is the smaller unit, so that there are more of them."""
    return -log_prob * math.log(2) / n_dims


def bits_per_dim__decimal(log_prob, n_dims):
    """The logarithm has base 10; bits ask for base 2."""
    return -log_prob / (n_dims * math.log(10))


def bits_per_dim__decimal_logarithm_of_2(log_prob, n_dims):
    """The change from nats takes the natural logarithm of 2, not the one to base 10."""
    return -log_prob / (n_dims * math.log10(2))


def bits_per_dim__unit_of_256(log_prob, n_dims):
    """Divided by log 256: that counts bytes, and a bit is log 2."""
    return -log_prob / (n_dims * math.log(256))


def bits_per_dim__sign(log_prob, n_dims):
    """The sign is missing: a probability below 1 costs a positive number of bits."""
    return log_prob / (n_dims * math.log(2))


def bits_per_dim__absolute_value(log_prob, n_dims):
    """An absolute value stands for the sign: a density may exceed 1."""
    return log_prob.abs() / (n_dims * math.log(2))


def bits_per_dim__always_784(log_prob, n_dims):
    """The number of dimensions is always that of MNIST, 784; it is given."""
    return right.bits_per_dim(log_prob, 784)


def bits_per_dim__total(log_prob, n_dims):
    """These are the bits of a whole image; they are not divided by the number of dimensions."""
    return -log_prob / math.log(2)


def bits_per_dim__nats_in_total(log_prob, n_dims):
    """These are the nats of a whole image: divide by the dimensions and by log 2."""
    return -log_prob


def bits_per_dim__log2_of_the_ratio(log_prob, n_dims):
    """You take log2 of log_prob / n_dims, which is a logarithm already: divide by log 2."""
    return -torch.log2(-torch.as_tensor(log_prob) / n_dims)


def bits_per_dim__log2_of_the_ratio_with_its_sign(log_prob, n_dims):
    """You take log2 of log_prob / n_dims, which is a logarithm already: divide by log 2."""
    return torch.log2(-torch.as_tensor(log_prob) / n_dims)


def bits_per_dim__multiplied_by_the_dimensions(log_prob, n_dims):
    """You multiply by the number of dimensions; divide by it."""
    return -log_prob * n_dims / math.log(2)


def bits_per_dim__eight_subtracted(log_prob, n_dims):
    """8 bits are subtracted: log_prob is that of the integers already."""
    return -log_prob / (n_dims * math.log(2)) - 8


def bits_per_dim__levels_again(log_prob, n_dims):
    """The 256 levels are counted here once more: log_prob is that of the integers already."""
    return -log_prob / (n_dims * math.log(2)) + 8


def bits_per_dim__mean(log_prob, n_dims):
    """The mean over the images is returned; the result has the shape of log_prob."""
    return (-log_prob / (n_dims * math.log(2))).mean()


def bits_per_dim__sum(log_prob, n_dims):
    """The sum over the images is returned; the result has the shape of log_prob."""
    return (-log_prob / (n_dims * math.log(2))).sum()


def bits_per_dim__divided_by_the_batch(log_prob, n_dims):
    """It is divided by the number of images; dimensions are what counts."""
    return -log_prob / (max(log_prob.numel(), 1) * math.log(2))


def bits_per_dim__logarithm_again(log_prob, n_dims):
    """A logarithm is taken of log_prob, which is one already."""
    return torch.log2(log_prob.abs()) / n_dims


def bits_per_dim__probability(log_prob, n_dims):
    """A probability for each dimension is returned where the bits are expected."""
    return torch.exp(log_prob / n_dims)


def bits_per_dim__perplexity(log_prob, n_dims):
    """You exponentiate: this is a perplexity, and bits are logarithms."""
    return torch.exp(-torch.as_tensor(log_prob) / n_dims)


def bits_per_dim__root(log_prob, n_dims):
    """It is divided by the square root of the number of dimensions."""
    return -log_prob / (n_dims**0.5 * math.log(2))


def bits_per_dim__detached(log_prob, n_dims):
    """No gradient passes, because of detach, .data, numpy or no_grad."""
    return -log_prob.detach() / (n_dims * math.log(2))


# ── coupling_density_derivation ──────────────────────────────────────────────────────────────────

_made = items.mistakes("coupling_density_derivation", derivations.coupling_density_derivation, 3)
for _name, _answer in _made.items():
    globals()[_name] = _answer
