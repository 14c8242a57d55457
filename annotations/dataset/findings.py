"""What an import or an audit noticed: each finding follows a rule, and each rule says what becomes of the thing."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Severity = Literal["error", "warning", "info"]


class Rule(Enum):
    """error: something was left out; warning: changed on its way in; info: to know. The title heads its findings."""

    UNREADABLE = ("error", "Files, or lines in them, that can't be read: left out")
    UNSAFE = ("error", "Entries that no archive should have")
    NO_IMAGE = ("error", "Annotations without their image: left out")
    AMBIGUOUS_IMAGE = ("error", "Annotations that may mean one of several images: left out")
    HELD_BACK = ("error", "Images left out with their annotations, which can't be read")
    IMAGE_REFUSED = ("error", "Images that can't be taken")
    IMAGE_GONE = ("error", "Images that were deleted during the import")
    SECOND_FILE = ("error", "Images with annotations from more than one file: the first counts")
    BAD_ANNOTATION = ("error", "Annotations that can't be read: left out")
    NO_LABEL = ("error", "Annotations without a label: left out")
    NO_AREA = ("error", "Boxes without area: left out")
    NOT_FINITE = ("error", "Boxes with a side that is no number: left out")
    OUTSIDE = ("error", "Boxes outside their image: left out")
    UNKNOWN_LABEL = ("error", "Labels that the project does not know: left out")
    TOO_MANY = ("error", "Images with too many annotations: these are left out")
    WRONG_KIND = ("error", "Annotations of another kind than the project's: left out")
    HAS_LABEL = ("error", "Images that have a label already: theirs is left out")
    ENDED = ("error", "The import ended before its end")

    CUT = ("warning", "Boxes that reached outside their image: cut to it")
    SWAPPED = ("warning", "Boxes with their corners swapped: put right")
    SHAPE = ("warning", "Shapes that are no boxes: the box around each is taken")
    ROTATED = ("warning", "Rotated boxes: the upright box around each is taken")
    SCALED = ("warning", "Boxes drawn on another size of the image: scaled to it")
    SIZE_DIFFERS = ("warning", "Images of another shape than their annotations say: boxes are taken as they stand")
    RENAMED = ("warning", "Images found under another name than their annotations say")
    SAME_PICTURE = ("warning", "Pictures that are there twice: taken once")
    SAME_NAME = ("warning", "Files that are there twice: the first is taken")
    DECIMAL_COMMA = ("warning", "Numbers with a comma: read as decimal points")
    ENCODING = ("warning", "Texts that are not UTF-8")
    NO_NAMES = ("warning", "Classes without names: called by their numbers or codes")
    BAD_SCORE = ("warning", "Scores that are not from 0 to 1: left out")
    CONTRADICTION = ("warning", "Statements that contradict each other: the first counts")
    SEVERAL_ANSWERS = ("warning", "Images that several people annotated: the newest annotation counts")
    NO_END = ("warning", "Archives that stop before their end")

    TURNED = ("info", "Boxes drawn on images before their EXIF rotation: turned with them")
    SIZE_MISSING = ("info", "Annotations without the size of their image: its real size is used")
    ATTRIBUTE = ("info", "Attributes that there is no place for")
    LABEL_FIELD = ("info", "Fields that are taken as the label")
    PREDICTIONS = ("info", "Predictions of models: not taken")
    EMBEDDED = ("info", "Pictures inside annotation files: taken from LabelMe's where there is no image file")
    UNREAD = ("info", "Files that the format has no place for: not looked at")
    ONE_SPLIT = ("info", "Splits that are not taken")
    UNLABELLED = ("info", "Images without annotations")
    NOT_THIS_FORMAT = ("info", "Formats that this is not")

    def __init__(self, severity: Severity, title: str) -> None:
        self.severity, self.title = severity, title

    @property
    def key(self) -> str:
        """As rows and answers name it."""
        return self.name.lower()


RULES = {rule.key: rule for rule in Rule}


@dataclass(frozen=True, slots=True)
class Finding:
    """`file` as its archive names it; `reason` in words for people, with what is in that place."""

    rule: Rule
    file: str
    reason: str
    line: int | None = None

    @property
    def severity(self) -> Severity:
        return self.rule.severity
