# pytorch_peer.py
# The models of Tests/Fixtures/golden in PyTorch: eager or compiled, contiguous or channels last.
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests/Fixtures/golden"))
from models import Convolutional, FullyConnected, initialize, reconstruction_loss, weight_penalty  # noqa: E402
from subject import BETA1, BETA2, ENCODED_AT_ONCE, EPSILON, LEARNING_RATE, WEIGHT_DECAY  # noqa: E402


class Peer:
    version = f"PyTorch {torch.__version__}"

    def __init__(self, subject, compiled, channels_last):
        torch.set_num_threads(subject.threads)
        if subject.is_convolutional:
            model = Convolutional(subject.image, subject.sizes, subject.downsampling)
        else:
            model = FullyConnected(subject.image, subject.sizes)
        initialize(model, torch.Generator().manual_seed(1))
        if channels_last:
            model = model.to(memory_format=torch.channels_last)
        self.images = torch.from_numpy(subject.noise())
        self.batches = map(torch.from_numpy, subject.batches())
        self.optimizer = torch.optim.Adam(
            model.parameters(), lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON, fused=True)
        self.batch_size = subject.batch_size

        def loss_of(x):
            return reconstruction_loss(model(x), x) + weight_penalty(model, WEIGHT_DECAY)

        def compile(function):
            return torch.compile(function, mode="max-autotune-no-cudagraphs") if compiled else function

        self.loss_of, self.code_of = compile(loss_of), compile(model.encode)

    def train(self):
        """One step; returns its images and its loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.images[next(self.batches)])
        loss.backward()
        self.optimizer.step()
        return self.batch_size, loss.item()

    def encode(self):
        """Codes of all images; returns their number."""
        with torch.inference_mode():
            codes = [self.code_of(images) for images in self.images.split(ENCODED_AT_ONCE)]
            return len(torch.cat(codes).numpy())
