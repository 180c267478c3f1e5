"""REGISTER of every partition, as it takes in what is moved: so that nothing has to be told again on the other side."""

from collections import Counter
from collections.abc import Callable, Iterator

from processors.registrar import Registrar, ReportReader
from schemas import avro
from schemas.avro_heads import heads_reader
from schemas.reports import EventType, Report
from schemas.sightings import SubjectSighting
from streams.kafka.records import Out, Partition
from streams.moving.documents import Documents
from streams.moving.packing import Packing

_FRAME_BYTES = 5


class Registers:
    """Says what register says of each report, and what documents pass on of that, at the offsets these will have.

    The topics were empty, and all that comes into them comes from here: so offsets are counted.
    """

    def __init__(self, packing: Packing, documents: Documents, term_of: Callable[[Report], int | None]) -> None:
        self._packing = packing
        self._documents = documents
        self._registrars = [Registrar(_reader(), term_of) for _ in range(packing.partitions)]
        self._ends: Counter[Partition] = Counter()
        self.verdicts: dict[Partition, Counter[str]] = {}
        """What became of the reports, by log."""

    def take(self, report: Report) -> Iterator[Out]:
        """The records of the next report and of all that follows from it."""
        out = self._packing.report(report)
        offset = self._place(out)
        yield out
        assert out.value is not None
        step = self._registrars[out.partition].apply(report, offset, out.value[_FRAME_BYTES:])
        self.verdicts.setdefault((out.topic, out.partition), Counter())[str(step.verdict)] += 1
        if step.published:
            yield self._packing.event(report)
        for told in step.sightings:
            yield from self._tell(told)

    def _tell(self, told: SubjectSighting) -> Iterator[Out]:
        out = self._packing.sighting(told)
        offset = self._place(out)
        yield out
        for passed_on in self._documents.take(told, offset):
            yield from self._tell(passed_on)

    def _place(self, out: Out) -> int:
        """Where the record will lie."""
        log = (out.topic, out.partition)
        self._ends[log] += 1
        return self._ends[log] - 1


def _reader() -> ReportReader:
    readers = {str(type_): avro.decoder(avro.REPORT_KINDS[type_]) for type_ in EventType}
    head = heads_reader(readers)
    return ReportReader(whole=lambda body: readers[head(body).key.type](body), head=head)
