"""What a network's scores mean: the contract between families, losses, postprocessing and exporters. Torch-free.

`predictions` gives scores in 0..1 whose last axis are columns: of a detector [B, A, columns], a row an anchor, of a
classifier [B, columns]. Whoever reads them (`postprocess.detections`, `predict`, `likeness`) finds label i, from 0, in
column `first_label + i`.

| scoring                   | columns | column 0       | a row of scores                                       |
|---------------------------|---------|----------------|-------------------------------------------------------|
| `softmax`                 | C       | the 1st label  | sums to 1: exactly one label is right (classifiers)   |
| `softmax_with_background` | C + 1   | the background | sums to 1: one label, or nothing, is there (SSD)      |
| `sigmoid`                 | C       | the 1st label  | each label for itself, none where nothing is (YOLO)   |

An exported detector gives C + 1 columns, column 0 the background, under every scoring: one labels.txt, one example in
the README and one suppression fit all, and jetson-inference's detectNet looks for labels from column 1 on. Where the
network has no background, column 0 is 1 - the best label's score, so that the largest column says what is there.
"""

from enum import StrEnum


class Scoring(StrEnum):
    SOFTMAX = "softmax"
    SOFTMAX_WITH_BACKGROUND = "softmax_with_background"
    SIGMOID = "sigmoid"

    @property
    def first_label(self) -> int:
        """The column of the first label."""
        return 1 if self is Scoring.SOFTMAX_WITH_BACKGROUND else 0

    @property
    def function(self) -> str:
        """What makes scores of logits: `softmax` or `sigmoid`."""
        return self.value.removesuffix("_with_background")

    def columns(self, label_count: int) -> int:
        return label_count + self.first_label
