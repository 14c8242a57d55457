"""TFRecord: examples with the features of TensorFlow's Object Detection API, pictures among them; no TensorFlow needed.

Records are sharded (`train-00000-of-00010.tfrecord`, `train.record-00000-of-00010`) or not (`train.tfrecord`), and
checked by their sums. Labels are texts in the record, else numbers that a label map (`.pbtxt`) names. Boxes are shares
of the picture with 24 bits.
"""

from collections.abc import Iterable, Iterator

from annotations.dataset.records import ImageRecord
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.tfrecord.framing import begins_so
from annotations.formats.tfrecord.label_maps import LabelMap
from annotations.formats.tfrecord.reading import Records, record_files
from annotations.formats.tfrecord.writing import losses_of, write


class TfRecord(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        files = record_files(listing)
        if not files:
            return Recognition(0.0, "no file is called .tfrecord, .record or -00000-of-00001")
        good = next((name for name in files if begins_so(listing.head(name, 12))), None)
        if good is None:
            return Recognition(0.4, f"{files[0]} is called so, but does not begin as records do")
        return Recognition(1.0, f"{good} begins as records do")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        labels = LabelMap(listing, limits)
        records = Records(listing, limits, labels)
        return Header(records.task, tuple(labels.in_order)), records.entries()

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        return losses_of(image)
