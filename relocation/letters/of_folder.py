"""Dead letters of a data folder."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from pydantic import SecretStr

from relocation.building import open_platform
from relocation.clock import now_ms
from relocation.letters.lying import Lying
from relocation.letters.source import Try
from relocation.letters.trying import trying
from relocation.parts import intake_of, tokeniser_of
from relocation.progress import progress_bar
from relocation.settings import Settings
from schemas.dead_letters import DeadLetter
from schemas.views import Answer
from streams.embedded.folder import DataFolder, KeyMismatch
from streams.embedded.reading import LogReader

_PAGE = 1_000


class FolderLetters:
    """See ``Letters``. Raises FolderHeld, FolderDamaged and KeyMismatch, too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = DataFolder(settings.data)
        self._folder.require_log()

    def lying(self) -> Iterator[Lying]:
        """Beside a running ``up`` or without one."""
        with closing(LogReader(self._folder.log)) as reader:
            position = 0
            while page := reader.dead_letters_after(position, _PAGE):
                position = page[-1][0]
                yield from (Lying(str(at), letter) for at, letter in page)

    @contextmanager
    def redriving(self, *, for_real: bool) -> Iterator[Try]:
        """For real only while nobody else writes."""
        if not for_real:
            yield trying(intake_of(self._keyed()), now_ms)
            return
        with ExitStack() as stack:
            with progress_bar() as tell:
                platform = open_platform(stack, self._settings, tell)

            def redrive(letters: Sequence[DeadLetter]) -> list[Answer]:
                return platform.redrive([letter.held or "" for letter in letters])

            yield redrive

    def _keyed(self) -> Settings:
        """With the key of the log: with another one no place would be known again."""
        key = self._folder.token_key(self._settings.key)
        keyed = self._settings.model_copy(update={"token_key": SecretStr(key.hex())})
        with closing(LogReader(self._folder.log)) as reader:
            known = reader.meta("token_key_check")
        if known not in (None, tokeniser_of(keyed).check_value):
            raise KeyMismatch("the token key is not the one that this data folder's tokens were made with")
        return keyed
