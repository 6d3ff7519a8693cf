"""Makes the fixtures of SignalTests: windows, spectra, mel bands, sample rates, levels."""

import os
import sys

import librosa
import numpy as np
import pyloudnorm
import torch
import torch.nn.functional as F

torch.version.cuda = "13.0"  # torchaudio refuses a torch made for a later one, which does not matter here
import torchaudio

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Signal")


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def sound(name, *shape):
    """Noise that swells and fades, well within −1…1."""
    samples = np.arange(shape[-1])
    return np.float32(0.2 * normal(name, *shape) * (0.6 + 0.4 * np.sin(samples * 0.013)))


# Windows of 13 samples, [periodic, symmetric].

windows = {
    "hann": torch.hann_window,
    "hamming": torch.hamming_window,
    "blackman": torch.blackman_window,
    "kaiser": lambda count, periodic, dtype: torch.kaiser_window(count, periodic, beta=8.6, dtype=dtype),
}
cases.store("windows", {
    name: torch.stack([make(13, periodic=periodic, dtype=torch.float64) for periodic in (True, False)]).numpy()
    for name, make in windows.items()
})


# Spectra: real parts, then imaginary ones, along the second axis.


def spectrum(x, window, **options):
    both = torch.stft(x, window=window.to(x.dtype), return_complex=True, pad_mode="reflect", **options)
    return torch.cat([both.real, both.imag], 1)


def sound_of(x, window, length=None, **options):
    real, imaginary = x.chunk(2, 1)
    return torch.istft(torch.complex(real, imaginary), window=window.to(x.dtype), length=length, **options)


window = lambda make, count: make(count, dtype=torch.float64)
TRANSFORMS = {
    "centred": dict(n_fft=20, hop_length=7, win_length=15, window=window(torch.hann_window, 15)),
    "odd": dict(n_fft=21, hop_length=5, win_length=21, window=window(torch.blackman_window, 21), normalized=True),
    "bare": dict(n_fft=16, hop_length=4, win_length=16, window=window(torch.hamming_window, 16), center=False),
}
LENGTHS = {"centred": 80, "odd": None, "bare": 61}  # of what is made again
for name, options in TRANSFORMS.items():
    cases.record(f"stft-{name}", lambda x, p, s: spectrum(x, **options), normal(f"stft {name}", 2, 97))
    bins = options["n_fft"] // 2 + 1
    cases.record(
        f"istft-{name}", lambda x, p, s: sound_of(x, length=LENGTHS[name], **options),
        normal(f"istft {name}", 2, 2 * bins, 13))


# Mel bands.

cases.store("mel-bands", {
    "slaney": librosa.filters.mel(sr=22050, n_fft=128, n_mels=9, fmin=50, fmax=8000, dtype=np.float64),
    "slaney-peak": librosa.filters.mel(sr=16000, n_fft=128, n_mels=7, norm=None, dtype=np.float64),
    "htk": torchaudio.functional.melscale_fbanks(65, 20, 7600, 9, 16000, None, "htk").T.numpy(),
    "htk-area": torchaudio.functional.melscale_fbanks(65, 0, 8000, 9, 16000, "slaney", "htk").T.numpy(),
})


def hifi_gan(x):
    """The logarithmic bands of jik876/hifi-gan, meldataset.py, with 128, 32 and 96 for its 1024, 256 and 1024."""
    bands = librosa.filters.mel(sr=22050, n_fft=128, n_mels=11, fmin=0, fmax=8000, dtype=np.float64)
    x = F.pad(x[:, None], (48, 48), mode="reflect")[:, 0]
    both = torch.stft(
        x, 128, hop_length=32, win_length=96, window=torch.hann_window(96, dtype=x.dtype), center=False,
        return_complex=True)
    magnitude = torch.sqrt(both.real**2 + both.imag**2 + 1e-9)
    return torch.log(torch.clamp(torch.tensor(bands, dtype=x.dtype) @ magnitude, min=1e-5))


cases.record("mel-hifi-gan", lambda x, p, s: hifi_gan(x), sound("mel", 2, 320))


def mfcc(x):
    make = torchaudio.transforms.MFCC(
        sample_rate=16000, n_mfcc=5, melkwargs=dict(n_fft=128, win_length=96, hop_length=32, n_mels=11)).to(x.dtype)
    return make(x[:, None])[:, 0]


# Of a sound that is loud in the middle only, so that the range of 80 dB shows.
burst = sound("mfcc", 2, 640) * np.float32(np.exp(-(((np.arange(640) - 320) / 60) ** 2)))
cases.record("mfcc", lambda x, p, s: mfcc(x), burst)


# Sample rates.

for old, new in ((44100, 48000), (48000, 16000), (16000, 22050), (3, 2)):
    given = sound(f"resample {old}", 700)
    exact = torchaudio.functional.resample(
        torch.tensor(given, dtype=torch.float64), old, new, lowpass_filter_width=64, rolloff=0.9475937167399596,
        resampling_method="sinc_interp_kaiser", beta=14.769656459379492)
    cases.store(f"resample-{old}-{new}", {"input": given, "output": exact.numpy()})


# Levels.

cases.record(
    "pre-emphasis", lambda x, p, s: torchaudio.functional.preemphasis(x, 0.97), normal("pre-emphasis", 2, 29))
quiet = sound("quiet", 9000) * np.float32(np.exp(-(((np.arange(9000) - 5000) / 1100) ** 2)))
part = lambda decibels: librosa.effects.trim(quiet, top_db=decibels, frame_length=1024, hop_length=256)[1]
cases.store("silence", {
    "input": quiet, "output": librosa.feature.rms(y=quiet, frame_length=1024, hop_length=256)[0],
    "part.60": part(60), "part.25": part(25),
})
# Two tones in two channels of 8 kHz, ten seconds, the last four of them quiet.
seconds = np.arange(80000) / 8000
tones = np.stack([np.sin(2 * np.pi * 440 * seconds), 0.5 * np.sin(2 * np.pi * 97 * seconds)])
meter = pyloudnorm.Meter(8000, filter_class="DeMan")
cases.store(
    "loudness", {"output": [meter.integrated_loudness((np.where(seconds < 6, 0.3, 0.004) * tones).T)]})


# Griffin and Lim's algorithm, from phases of 0.

magnitudes = np.abs(normal("griffin-lim", 1, 17, 12))
for momentum in (0.0, 0.9):
    result = torchaudio.functional.griffinlim(
        torch.tensor(magnitudes, dtype=torch.float64), window=torch.hann_window(32, dtype=torch.float64), n_fft=32,
        hop_length=8, win_length=32, power=1, n_iter=6, momentum=momentum, length=None, rand_init=False)
    cases.store(f"griffin-lim-{momentum}", {"input": magnitudes, "output": result.numpy()})


# Distances of sounds: kan-bayashi/ParallelWaveGAN, losses/stft_loss.py, with transforms of 64 and 30 samples; HiFi-GAN's.


def spectral_distance(xs):
    real, made = xs
    total = 0
    for size, hop, length in ((64, 15, 50), (30, 8, 30)):
        window = torch.hann_window(length, dtype=real.dtype)
        both = [torch.stft(x, size, hop, length, window, return_complex=True) for x in (real, made)]
        a, b = (torch.sqrt(torch.clamp(x.real**2 + x.imag**2, min=1e-7)) for x in both)
        total += torch.norm(a - b, p="fro") / torch.norm(a, p="fro") + F.l1_loss(torch.log(a), torch.log(b))
    return total / 2


pair = [sound("distance", 2, 200), sound("distance made", 2, 200)]
cases.record("spectral-distance", lambda xs, p, s: spectral_distance(xs), pair)
cases.record("mel-distance", lambda xs, p, s: F.l1_loss(hifi_gan(xs[0]), hifi_gan(xs[1])), pair)
