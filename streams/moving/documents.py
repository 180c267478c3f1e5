"""The keepers of documents, as they take in what is moved: they say whose sightings are whose."""

from collections.abc import Sequence

from processors.keeper import Keeper
from schemas.sightings import SubjectSighting
from streams.moving.packing import Packing


class Documents:
    """A keeper a partition, which hears of documents alone; what it would tell of alerts was told already."""

    def __init__(self, packing: Packing, keepers: Sequence[Keeper]) -> None:
        self._packing = packing
        self._keepers = keepers

    def take(self, told: SubjectSighting, offset: int) -> Sequence[SubjectSighting]:
        """What a document passes on because of the record at this offset."""
        if not told.is_document:
            return ()
        return self._keepers[self._packing.number_of(told.subject)].take(told, offset).sightings
