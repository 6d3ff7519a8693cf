"""The networks that hide a code and read it: the oracles of this project's tests."""

import os
import sys

import torch
import torch.nn.functional as F

from .network import Network

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Tests", "Oracles", "QRSteganography"))
from network import dense56, dense103

NETWORKS = [
    Network("dense103", dense103, [(4, 256, 256)], 4, [(4, 128, 128)]),
    Network("dense56", dense56, [(3, 256, 256)], 4, [(3, 128, 128)]),
]


def training_step(memory_format):
    """Both networks, batch 4, 128×128: mark, read, cross-entropy plus squared residual, backward, Adam."""
    encoder, decoder = (make().to(memory_format=memory_format) for make in (dense103, dense56))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.001)
    cover = torch.rand(4, 3, 128, 128).to(memory_format=memory_format)
    code = (torch.rand(4, 1, 128, 128) > 0.5).float()
    strength = torch.tensor([0.04, 0.02, 0.02]).reshape(1, 3, 1, 1)

    def step():
        residual = strength * torch.sigmoid(encoder(torch.cat([cover, code], 1)))
        loss = F.binary_cross_entropy_with_logits(decoder(cover + residual), code) + (residual**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step
