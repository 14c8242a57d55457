"""Open Images: CSVs of boxes or of labels of whole images, names of classes, pictures in a folder a split.

As its own tools, OIDv4 ToolKit and jetson-inference's `open_images_downloader.py` leave them. Boxes are shares of the
picture. Where `sub-train-annotations-bbox.csv` lies beside `train-annotations-bbox.csv`, it is the part whose pictures
were fetched, and only it is read; where the toolkit's `Label` folders are, no CSV of boxes is.

Written: both CSVs of each split, as each of the tools opens one; and the list of the pictures that were looked at.
"""

from collections.abc import Iterable, Iterator

from annotations.dataset.records import ImageRecord, Task
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.openimages.class_names import OFFICIAL, ClassNames
from annotations.formats.openimages.reading import entries_of
from annotations.formats.openimages.tables import Tables, tables_of
from annotations.formats.openimages.toolkit import is_toolkit, toolkit_entries, toolkit_files
from annotations.formats.openimages.writing import write


class OpenImages(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        found = toolkit_files(listing)
        if found and is_toolkit(listing, found):
            return Recognition(0.95, f"{found[0]} has labels and pixels, as OIDv4 ToolKit writes them")
        tables = tables_of(listing)
        for table in (*tables.boxes, *tables.labels):
            return Recognition(0.95, f"{table.name} has the columns ImageID and LabelName")
        if tables.unreadable and tables.names:
            return Recognition(0.5, f"there are {tables.names[0].name} and {tables.unreadable[0]}")
        return Recognition(0.0, "no CSV has the columns ImageID and LabelName, and there are no Label folders")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        tables, toolkit = tables_of(listing), toolkit_files(listing)
        if toolkit and is_toolkit(listing, toolkit):
            return Header("detection", read_as={"files": toolkit[0]}), toolkit_entries(listing, toolkit, limits)
        for name in tables.whole:
            listing.see(name)
        names = ClassNames(listing, tables.names, limits)
        labels = tuple(names.in_order) if len(names.in_order) <= OFFICIAL else ()
        read_as = {"files": ", ".join(table.name for table in tables.read)}
        return Header(_task(tables), labels, read_as=read_as), entries_of(listing, tables, names, limits)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)


def _task(tables: Tables) -> Task | None:
    if tables.boxes:
        return "detection"
    return "classification" if tables.labels else None
