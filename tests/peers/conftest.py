from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.peers.environment import Peer, started

Peers = Callable[[str], Peer]


@pytest.fixture(scope="session")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    """Each library in its process, started when the first test asks for it."""
    there: dict[str, Peer] = {}
    with ExitStack() as stack:

        def peer(library: str) -> Peer:
            if library not in there:
                there[library] = stack.enter_context(started(library, tmp_path_factory.mktemp(library)))
            return there[library]

        yield peer
