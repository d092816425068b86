# activations.py
# Writes Tests/Fixtures/golden/layers: every layer's output of small and odd models, computed by PyTorch in double precision.
"""Usage: activations.py [DIRECTORY]. README.md describes the format and the environment."""
import pathlib

import torch
import torch.nn.functional as F

from cases import Binary, build, pixels, safest_images, write_cases, write_files

# Odd sides at every depth, one pixel, one row, more blocks than the picture can be halved, several channels.
CASES = {
    "pool": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="pool", images=1),
    "stride": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="stride", images=1),
    "pool-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="pool", images=3),
    "stride-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="stride", images=3),
    "pool-deep": dict(shape=[11, 13, 2], filters=[4, 3, 2, 5], downsampling="pool", images=3),
    "stride-deep": dict(shape=[11, 13, 2], filters=[4, 3, 2, 5], downsampling="stride", images=3),
    "pool-pixel": dict(shape=[1, 1, 1], filters=[2, 3], downsampling="pool", images=3),
    "stride-pixel": dict(shape=[1, 1, 1], filters=[2, 3], downsampling="stride", images=3),
    "pool-row": dict(shape=[1, 5, 1], filters=[3, 2], downsampling="pool", images=3),
    "stride-row": dict(shape=[5, 1, 4], filters=[3, 2], downsampling="stride", images=3),
    "dense": dict(shape=[6, 5, 1], hiddenUnits=[10, 5], images=3),
    "dense-pixel": dict(shape=[1, 1, 1], hiddenUnits=[2], images=3),
    "dense-color": dict(shape=[5, 3, 3], hiddenUnits=[9, 17, 4], images=3),
}


def layer_outputs(model, images):
    """(name, output [N, ...] channels last) of every layer, from the input on."""
    x = torch.from_numpy(images).double() / 255
    trace, linear = [], []
    hook = model.linear.register_forward_hook(lambda _module, _inputs, output: linear.append(output))
    with torch.no_grad():
        logits = model(x, trace)
    hook.remove()
    hidden = iter([F.relu(value) if kind == "relu" else F.max_pool2d(value, 2) for kind, value in trace])
    convolutional = hasattr(model, "deconv")
    yield "input", x if convolutional else x.flatten(1)
    for name, _layer, _permutation in model.layers():
        if name == "decoder/linear":
            break
        yield name, channels_last(next(hidden))
        if convolutional and model.downsampling == "pool" and name.endswith("/conv1"):
            yield name.replace("/conv1", "/pool"), channels_last(next(hidden))
    yield "decoder/linear", channels_last(linear[0])
    if convolutional:
        yield "decoder/crop", logits


def channels_last(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def write_case(directory, name, case):
    case = dict(case)
    count = case.pop("images")
    model, tensors = build(case, torch.float64)
    stream = safest_images(model, case["shape"])
    binary = Binary()
    layers = []
    for layer, output in layer_outputs(model, pixels([count, *case["shape"]], stream)):
        values = output.contiguous().numpy()
        layers.append(dict(name=layer, shape=list(values.shape[1:]), **binary.put(values, wide=False)))
    header = dict(case=name, **case, pytorch=torch.__version__, images=dict(count=count, stream=stream))
    header["parameters"] = [dict(name=t["name"], shape=t["shape"], scale=t["scale"]) for t in tensors]
    header["layers"] = layers
    write_files(directory, name, header, binary)
    print(f"{name}: {len(layers)} layers, {len(binary.data)} bytes")


if __name__ == "__main__":
    write_cases(CASES, write_case, default=pathlib.Path(__file__).resolve().parent / "layers")
