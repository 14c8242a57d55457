"""The networks of YOLOX, under their names, as its sources describe them: for files in its layout.

They take BGR, 0 to 255, in the quarters of its pixels; BatchNorm keeps 1e-3 from zero.
"""

import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)


class BaseConv(nn.Module):
    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out, 1e-3, 0.03)

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.bn(self.conv(seen))
        return found * torch.sigmoid(found)


class DWConv(nn.Module):
    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.dconv = BaseConv(channels, channels, kernel, stride, channels)
        self.pconv = BaseConv(channels, out, 1)

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.pconv(self.dconv(seen))
        return found


Conv = type[BaseConv] | type[DWConv]


class Bottleneck(nn.Module):
    def __init__(self, conv: Conv, channels: int, adds: bool) -> None:
        super().__init__()
        self.conv1, self.conv2, self.adds = BaseConv(channels, channels, 1), conv(channels, channels, 3), adds

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.conv2(self.conv1(seen))
        return found + seen if self.adds else found


class CSPLayer(nn.Module):
    def __init__(self, conv: Conv, channels: int, out: int, count: int = 1, adds: bool = False) -> None:
        super().__init__()
        self.conv1, self.conv2 = BaseConv(channels, out // 2, 1), BaseConv(channels, out // 2, 1)
        self.conv3 = BaseConv(out, out, 1)
        self.m = nn.Sequential(*(Bottleneck(conv, out // 2, adds) for _ in range(count)))

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.conv3(torch.cat((self.m(self.conv1(seen)), self.conv2(seen)), 1))
        return found


class SPPBottleneck(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = BaseConv(channels, channels // 2, 1), BaseConv(2 * channels, channels, 1)
        self.m = nn.ModuleList(nn.MaxPool2d(kernel, 1, kernel // 2) for kernel in (5, 9, 13))

    def forward(self, seen: Tensor) -> Tensor:
        seen = self.conv1(seen)
        found: Tensor = self.conv2(torch.cat([seen, *(pool(seen) for pool in self.m)], 1))
        return found


class Focus(nn.Module):
    def __init__(self, out: int) -> None:
        super().__init__()
        self.conv = BaseConv(12, out, 3)

    def forward(self, seen: Tensor) -> Tensor:
        top, bottom = seen[..., ::2, :], seen[..., 1::2, :]
        quarters = (top[..., ::2], bottom[..., ::2], top[..., 1::2], bottom[..., 1::2])
        found: Tensor = self.conv(torch.cat(quarters, 1))
        return found


class CSPDarknet(nn.Module):
    def __init__(self, conv: Conv, base: int) -> None:
        super().__init__()
        self.stem = Focus(base)
        for name, channels, count in (("dark2", base, 1), ("dark3", 2 * base, 3), ("dark4", 4 * base, 3)):
            out = 2 * channels
            setattr(self, name, nn.Sequential(conv(channels, out, 3, 2), CSPLayer(conv, out, out, count, adds=True)))
        out = 16 * base
        self.dark5 = nn.Sequential(conv(8 * base, out, 3, 2), SPPBottleneck(out), CSPLayer(conv, out, out))


class YOLOPAFPN(nn.Module):
    def __init__(self, conv: Conv, base: int) -> None:
        super().__init__()
        self.backbone = CSPDarknet(conv, base)
        fine, middle, coarse = 4 * base, 8 * base, 16 * base
        self.lateral_conv0, self.C3_p4 = BaseConv(coarse, middle, 1), CSPLayer(conv, 2 * middle, middle)
        self.reduce_conv1, self.C3_p3 = BaseConv(middle, fine, 1), CSPLayer(conv, 2 * fine, fine)
        self.bu_conv2, self.C3_n3 = conv(fine, fine, 3, 2), CSPLayer(conv, 2 * fine, middle)
        self.bu_conv1, self.C3_n4 = conv(middle, middle, 3, 2), CSPLayer(conv, 2 * middle, coarse)

    def forward(self, images: Tensor) -> list[Tensor]:
        upsample = nn.Upsample(scale_factor=2, mode="nearest")
        trunk = self.backbone
        x2 = trunk.get_submodule("dark3")(trunk.get_submodule("dark2")(trunk.stem(images)))
        x1 = trunk.get_submodule("dark4")(x2)
        fpn_out0 = self.lateral_conv0(trunk.dark5(x1))
        fpn_out1 = self.reduce_conv1(self.C3_p4(torch.cat([upsample(fpn_out0), x1], 1)))
        pan_out2 = self.C3_p3(torch.cat([upsample(fpn_out1), x2], 1))
        pan_out1 = self.C3_n3(torch.cat([self.bu_conv2(pan_out2), fpn_out1], 1))
        return [pan_out2, pan_out1, self.C3_n4(torch.cat([self.bu_conv1(pan_out1), fpn_out0], 1))]


class YOLOXHead(nn.Module):
    def __init__(self, conv: Conv, base: int, classes: int) -> None:
        super().__init__()
        inner = 4 * base
        self.stems = nn.ModuleList(BaseConv(channels * base, inner, 1) for channels in (4, 8, 16))
        for name in ("cls", "reg"):
            twice = [nn.Sequential(conv(inner, inner, 3), conv(inner, inner, 3)) for _ in STRIDES]
            setattr(self, f"{name}_convs", nn.ModuleList(twice))
        for name, columns in (("cls", classes), ("reg", 4), ("obj", 1)):
            setattr(self, f"{name}_preds", nn.ModuleList(nn.Conv2d(inner, columns, 1) for _ in STRIDES))

    def forward(self, maps: list[Tensor]) -> Tensor:
        """[B, A, 5 + classes]: centre x, centre y, width and height in pixels, objectness, labels."""
        return torch.cat([self._decoded(k, of_map) for k, of_map in enumerate(maps)], 1)

    def _decoded(self, k: int, seen: Tensor) -> Tensor:
        stem = self.stems[k](seen)
        of_box = self.get_submodule(f"reg_convs.{k}")(stem)
        of_label = self.get_submodule(f"cls_convs.{k}")(stem)
        regression, objectness, labels = (
            self.get_submodule(f"{name}_preds.{k}")(found).flatten(2).permute(0, 2, 1)
            for name, found in (("reg", of_box), ("obj", of_box), ("cls", of_label))
        )
        y, x = torch.meshgrid(torch.arange(seen.shape[2]), torch.arange(seen.shape[3]), indexing="ij")
        places = (regression[..., :2] + torch.stack((x, y), 2).view(1, -1, 2)) * STRIDES[k]
        return torch.cat([places, regression[..., 2:].exp() * STRIDES[k], objectness.sigmoid(), labels.sigmoid()], -1)


class YOLOX(nn.Module):
    def __init__(self, width: float, depthwise: bool, classes: int = 80) -> None:
        super().__init__()
        conv, base = DWConv if depthwise else BaseConv, int(64 * width)
        self.backbone, self.head = YOLOPAFPN(conv, base), YOLOXHead(conv, base, classes)

    def forward(self, images: Tensor) -> Tensor:
        found: Tensor = self.head(self.backbone(images))
        return found
