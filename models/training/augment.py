"""Augmentation of a batch, in float32 on [n, 3, h, w] RGB in 0..1. Every random number comes from one generator.

Geometry is the study's: rotation to 40 degrees, horizontal flip, shear, zoom, width and height shift to 40 %. Each image draws
one affine map, so a single bilinear sampling does it all. Colour, stain and corner are ours: they take away the shortcuts.
"""

import math

import torch
from torch.nn import functional as F

# Rows: the optical density of haematoxylin, eosin and a residual (DAB) in R, G, B. Ruifrok and Johnston 2001.
STAINS = torch.tensor([[0.650, 0.704, 0.286], [0.072, 0.990, 0.105], [0.268, 0.570, 0.776]])
GREY = torch.tensor([0.299, 0.587, 0.114])


class Augment:
    def __init__(self, config, seed):
        self.config = config
        self.random = torch.Generator().manual_seed(seed)

    def uniform(self, n, low, high):
        return torch.rand(n, generator=self.random) * (high - low) + low

    def chance(self, n, p):
        return torch.rand(n, generator=self.random) < p

    def permutation(self, n):
        return torch.randperm(n, generator=self.random)

    def __call__(self, x, size):
        """Batch [n, 3, h, w] to an augmented batch [n, 3, size, size]."""
        x = self.corner(x)
        x = self.geometry(x, size)
        x = self.colour(x)
        x = self.blur(x)
        return x

    def corner(self, x):
        """The lower right corner, where a scale bar is burned in, taken from elsewhere: half of the time from another image of
        the batch (so its bar belongs to another class), else from the same image's opposite side, which has no bar."""
        n, _, h, w = x.shape
        ch, cw = h * 30 // 224, w * 46 // 224
        other = x[self.permutation(n)][:, :, h - ch:, w - cw:]
        own = x[:, :, h - ch:, :cw].flip(3)
        draw = self.uniform(n, 0, 1)
        x = x.clone()
        swap, mirror = draw < self.config.corner_swap, draw > 1 - self.config.corner_mirror
        x[swap, :, h - ch:, w - cw:] = other[swap]
        x[mirror, :, h - ch:, w - cw:] = own[mirror]
        return x

    def geometry(self, x, size):
        """One affine map an image; what lies outside is mirrored in. Window: `size` pixels at a zoom drawn on a log scale."""
        c, n = self.config, len(x)
        angle = self.uniform(n, -c.rotation, c.rotation) * math.pi / 180
        angle = angle + math.pi / 2 * torch.randint(0, 4, (n,), generator=self.random) * self.chance(n, c.quarter_turns)
        shear = self.uniform(n, -c.shear, c.shear) * self.chance(n, c.shear_chance)
        zoom = torch.exp(self.uniform(n, math.log(c.zoom[0]), math.log(c.zoom[1])))
        stretch = torch.exp(self.uniform(n, -c.stretch, c.stretch))
        # Source pixels an output pixel, as a share of the half side (grid_sample's unit).
        step = size / x.shape[3] * zoom
        flip_x = 1 - 2 * self.chance(n, 0.5).float()
        flip_y = 1 - 2 * self.chance(n, 0.5).float()
        cos, sin = torch.cos(angle), torch.sin(angle)
        a = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
        s = torch.stack([torch.stack([torch.ones(n), shear], 1), torch.stack([torch.zeros(n), torch.ones(n)], 1)], 1)
        d = torch.diag_embed(torch.stack([step * stretch * flip_x, step / stretch * flip_y], 1))
        linear = a @ s @ d
        # A window smaller than the image may lie anywhere in it; beyond that it may leave it by `shift` of the side.
        room = (1 - step).clamp(min=0)[:, None]
        move = self.uniform((n, 2), -1, 1)
        shift = move * torch.maximum(room, (self.chance(n, c.shift_chance) * c.shift * 2 * self.uniform(n, 0, 1))[:, None])
        theta = torch.cat([linear, shift[:, :, None]], 2)
        grid = F.affine_grid(theta, (n, 3, size, size), align_corners=False)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)

    def colour(self, x):
        """Stain, then light. Optical density is linear in the stains, so gain and offset of each stain, of each channel and of
        the whole are one 3x3 matrix and one vector an image."""
        c, n = self.config, len(x)
        stains = STAINS / STAINS.norm(dim=1, keepdim=True)
        density = self.restain(x.clamp(1 / 255, 1).log_().neg_())
        gain = torch.exp(self.uniform((n, 3), -c.stain, c.stain))
        matrix = torch.linalg.inv(stains) @ (gain[:, :, None] * stains)
        channel = torch.exp(self.uniform((n, 3), -c.channel, c.channel)) * torch.exp(self.uniform((n, 1), -c.gamma, c.gamma))
        matrix = matrix * channel[:, None, :]
        offset = self.uniform((n, 3), -c.offset, c.offset)
        y = torch.baddbmm(offset[:, :, None], matrix.transpose(1, 2), density.flatten(2)).neg_().exp_().view_as(x)
        grey = self.chance(n, c.grey)
        shade = torch.matmul(GREY[None, None, :], y.flatten(2)).view(n, 1, *x.shape[2:])
        keep = torch.where(grey, torch.zeros(n), torch.exp(self.uniform(n, -c.saturation, c.saturation)))[:, None, None, None]
        return torch.addcmul(shade * (1 - keep), y, keep).clamp_(0, 1)

    def restain(self, density):
        """Gives an image the colour statistics (mean and deviation of the optical density) of another image of the batch,
        in part: after Reinhard et al. 2001."""
        c, n = self.config, len(density)
        if c.restain == 0:
            return density
        dev, mean = torch.std_mean(density, (2, 3), keepdim=True)
        dev = dev + 1e-3
        order = self.permutation(n)
        strength = (self.uniform(n, 0, 1) * self.chance(n, c.restain))[:, None, None, None]
        target_mean = mean + strength * (mean[order] - mean)
        target_dev = dev * torch.exp(strength * torch.log(dev[order] / dev))
        gain = target_dev / dev
        return torch.addcmul(target_mean - mean * gain, density, gain)

    def blur(self, x):
        """A slight blur for some images: half of a 3x3 box mean."""
        soft = self.chance(len(x), self.config.blur)
        if soft.any():
            x = x.clone()
            x[soft] = 0.3 * x[soft] + 0.7 * F.avg_pool2d(F.pad(x[soft], (1, 1, 1, 1), mode="reflect"), 3, 1)
        return x


def mix(x, targets, alpha, chance, rng):
    """Mixup (Zhang et al. 2018): for a share of batches, images and targets [n, classes] blended with a shuffled copy."""
    if alpha == 0 or rng.rand() >= chance:
        return x, targets
    weight = float(rng.beta(alpha, alpha))
    order = torch.from_numpy(rng.permutation(len(x)))
    return weight * x + (1 - weight) * x[order], weight * targets + (1 - weight) * targets[order]
