"""The study's augmentation and nothing else: rotation to 40 degrees, horizontal flip, shear, zoom, width and height shift to 40 %.

Drawn as Keras' ImageDataGenerator draws it, which the study names no other than: every range uniform, the two zoom factors by
themselves, a flip for half of the images, and what lies outside filled with the nearest pixel. The shear is a factor of -0.4 to 0.4:
Keras would take 'shear_range=0.4' as degrees, which nobody would call 40 %.
"""

import math

import torch
from torch.nn import functional as F

from augment import Augment

ROTATION = 40   # degrees
SHEAR = 0.4     # sideways shift over height
ZOOM = 0.4      # 0.6 to 1.4 source pixels an output pixel
SHIFT = 0.4     # of the side


class StudyAugment(Augment):
    """A batch float32 [n, 3, h, w] to an augmented one of the same shape. All numbers come from one generator on the CPU, so that a
    GPU sees the same augmentation."""

    def __init__(self, seed):
        super().__init__(None, seed)

    def __call__(self, x):
        n = len(x)
        angle = self.uniform(n, -ROTATION, ROTATION) * math.pi / 180
        shear, flip = self.uniform(n, -SHEAR, SHEAR), 1 - 2 * self.chance(n, 0.5).float()
        zoom, shift = self.uniform((n, 2), 1 - ZOOM, 1 + ZOOM), self.uniform((n, 2), -SHIFT, SHIFT)
        cos, sin = torch.cos(angle), torch.sin(angle)
        turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
        slant = torch.stack([torch.stack([torch.ones(n), shear], 1), torch.stack([torch.zeros(n), torch.ones(n)], 1)], 1)
        scale = torch.diag_embed(torch.stack([zoom[:, 0] * flip, zoom[:, 1]], 1))
        # The shift comes after the rotation, in source pixels; grid_sample's side is 2 long.
        theta = torch.cat([turn @ slant @ scale, 2 * shift[:, :, None]], 2).to(x.device)
        grid = F.affine_grid(theta, x.shape, align_corners=False)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
