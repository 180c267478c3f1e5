"""Reads Avro's binary form strictly: bounded by the buffer, consumed to its end, one encoding per value.

Not fastavro, which given hostile bytes takes memory without end, takes a wrong union index for the last branch, lets
trailing junk pass and can bring the process down (docs/decisions). A schema is compiled once into closures
``(data, at) -> (value, end)``. Bytes of an earlier or later schema are read as ours: fields we do not know are passed
over, fields they lack take our default.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.avro_binary import PRIMITIVES, Read, read_long
from schemas.avro_forms import NUMBER_FORMS, TEXT_FORMS
from schemas.undecodable import Reason, Undecodable

Type = Any
"""An Avro type as JSON has it: a name, a list (union) or an object."""

_PROMOTIONS = {"int": {"long", "float", "double"}, "long": {"float", "double"}, "float": {"double"}}


def reader(schema: Type, writer: Type | None = None) -> Callable[[bytes], Any]:
    """Compile what reads a whole buffer as ``schema``, written with ``writer`` (by default the same).

    Records come as dicts, arrays as lists. What it returns raises Undecodable and nothing else, lack of memory apart.
    Raises ValueError for a schema that could be made to cost more than its bytes: recursive ones, arrays of nothing.
    """
    written = schema if writer is None else writer
    read = _Compiler(_names(written), _names(schema)).compile(written, schema)

    def read_all(data: bytes) -> Any:
        try:
            value, at = read(data, 0)
        except Undecodable:
            raise
        except IndexError:
            raise Undecodable(Reason.CUT_OFF) from None
        except MemoryError:
            raise  # the buffer is bounded: not its doing, and the message is not lost
        except Exception:  # noqa: BLE001 - whatever it is, these bytes are no message
            raise Undecodable(Reason.FAILED) from None
        if at != len(data):
            raise Undecodable(Reason.TRAILING)
        return value

    return read_all


class _Compiler:
    """Compiles one schema; knows what the names in the writer's schema and in ours stand for."""

    def __init__(self, writers: dict[str, Type], readers: dict[str, Type]) -> None:
        self._writers, self._readers = writers, readers
        self._open: list[str] = []

    def compile(self, written: Type, wanted: Type | None) -> Read:
        """``wanted`` None: the value is passed over."""
        written = _known(written, self._writers)
        if isinstance(written, list):
            return _union([self.compile(branch, wanted) for branch in written])
        wanted = self._branch(written, wanted) if isinstance(wanted, list) else _known(wanted, self._readers)
        if wanted is not None and not _fits(written, wanted):
            return _incompatible
        match _name(written):
            case "record":
                return self._record(written, wanted)
            case "array":
                return self._array(written, wanted)
            case name:
                return _formed(_primitive(name, wanted), wanted)

    def _branch(self, written: Type, union: list[Type]) -> Type:
        """The branch of our union that a value of ``written`` belongs to; else one that it does not fit."""
        branches = [_known(branch, self._readers) for branch in union]
        same = [branch for branch in branches if _name(branch) == _name(written)]
        wider = [branch for branch in branches if _fits(written, branch)]
        return (same + wider + branches)[0]

    def _record(self, written: Type, wanted: Type | None) -> Read:
        if written["name"] in self._open:
            raise ValueError("the schema is recursive")
        self._open.append(written["name"])
        ours = {} if wanted is None else {field["name"]: field for field in wanted["fields"]}
        reads = []
        for field in written["fields"]:
            known = ours.pop(field["name"], None)
            read = self.compile(field["type"], None if known is None else known["type"])
            reads.append((field["name"], read, known is not None))
        self._open.pop()
        return _record(reads, {name: _default(field) for name, field in ours.items()})

    def _array(self, written: Type, wanted: Type | None) -> Read:
        read_item = self.compile(written["items"], None if wanted is None else wanted["items"])
        if not self._takes_bytes(written["items"]):
            raise ValueError("the items of an array could take no bytes")
        return _array(read_item)

    def _takes_bytes(self, type_: Type) -> bool:
        """Whether every value takes a byte at least."""
        type_ = _known(type_, self._writers)
        if _name(type_) == "record":
            return any(self._takes_bytes(field["type"]) for field in type_["fields"])
        return _name(type_) != "null"


def _names(type_: Type) -> dict[str, Type]:
    """The named types defined anywhere in a schema, without their namespace."""
    if isinstance(type_, list):
        return {name: found for branch in type_ for name, found in _names(branch).items()}
    if not isinstance(type_, dict):
        return {}
    if isinstance(type_["type"], dict | list):
        return _names(type_["type"])
    inner = [field["type"] for field in type_.get("fields", ())] + [type_.get("items")]
    named = {_short(type_["name"]): type_} if "name" in type_ else {}
    return named | {name: found for part in inner for name, found in _names(part).items()}


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _known(type_: Type, names: dict[str, Type]) -> Type:
    """What a type is: the definition that a name stands for, the type itself otherwise."""
    return names.get(_short(type_), type_) if isinstance(type_, str) else type_


def _name(type_: Type) -> str:
    if isinstance(type_, list):
        return "union"
    return str(type_["type"] if isinstance(type_, dict) else type_)


def _fits(written: Type, wanted: Type) -> bool:
    return _name(wanted) in {_name(written), *_PROMOTIONS.get(_name(written), ())}


def _default(field: Mapping[str, Any]) -> Any:
    if "default" not in field:
        raise ValueError(f"{field['name']} has no default, and the writer's schema lacks it")
    return field["default"]


def _record(fields: list[tuple[str, Read, bool]], lacking: dict[str, Any]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        record = {}
        name = ""
        try:
            for name, read_field, is_known in fields:
                value, at = read_field(data, at)
                if is_known:
                    record[name] = value
        except Undecodable as fault:
            raise fault.within(name) from None
        except IndexError:
            raise Undecodable(Reason.CUT_OFF, name) from None
        for absent, default in lacking.items():
            record[absent] = list(default) if isinstance(default, list) else default
        return record, at

    return read


def _array(read_item: Read) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        items: list[Any] = []
        while True:
            count, at = read_long(data, at)
            if count == 0:
                return items, at
            end = None
            if count < 0:
                count = -count
                length, at = read_long(data, at)
                end = at + length
            if count > len(data) - at:  # an item takes a byte at least
                raise Undecodable(Reason.CUT_OFF)
            for _ in range(count):
                try:
                    item, at = read_item(data, at)
                except Undecodable as fault:
                    raise fault.within(f"[{len(items)}]") from None
                items.append(item)
            if end is not None and at != end:
                raise Undecodable(Reason.BAD_LENGTH)

    return read


def _union(branches: list[Read]) -> Read:
    known = len(branches)

    def read(data: bytes, at: int) -> tuple[Any, int]:
        index, at = read_long(data, at)
        if not 0 <= index < known:
            raise Undecodable(Reason.BAD_BRANCH)
        return branches[index](data, at)

    return read


def _incompatible(data: bytes, at: int) -> tuple[Any, int]:  # noqa: ARG001 - a Read like the others
    raise Undecodable(Reason.INCOMPATIBLE)


def _formed(read_value: Read, wanted: Type | None) -> Read:
    """Reads a value and refuses one without the form that we want of it."""
    form = wanted.get("form") if isinstance(wanted, dict) else None
    if form is None:
        return read_value
    if form in TEXT_FORMS:
        return _text(read_value, TEXT_FORMS[form])
    numbers = NUMBER_FORMS[form]
    return _number(read_value, numbers.start, numbers.stop)


def _text(read_value: Read, has_form: Callable[[str], Any]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        found = read_value(data, at)
        if has_form(found[0]) is None:
            raise Undecodable(Reason.INVALID)
        return found

    return read


def _number(read_value: Read, start: int, stop: int) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        found = read_value(data, at)
        if not start <= found[0] < stop:
            raise Undecodable(Reason.INVALID)
        return found

    return read


def _primitive(name: str, wanted: Type | None) -> Read:
    if name not in PRIMITIVES:
        raise ValueError("the schema uses a type that is not supported")
    if wanted is not None and name in ("int", "long") and _name(wanted) in ("float", "double"):
        return _as_float(PRIMITIVES[name])
    return PRIMITIVES[name]


def _as_float(read_value: Read) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        number, at = read_value(data, at)
        return float(number), at

    return read
