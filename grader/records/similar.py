"""Nearly equal submissions, by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003).

Of a submission's Python tokens, with one name for all names, each run of K has a hash; of each
WINDOW of runs the smallest is kept. So any passage of at least K + WINDOW - 1 tokens that two
submissions share gives them a fingerprint in common. What the release holds, and what many have in
common because the sheet leads there, is left out. Alike is no proof of anything: a place to look.
"""

import io
import keyword
import token
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

K, WINDOW = 12, 8  # tokens
COMMON = 0.3  # a fingerprint that more than this share of a class has says nothing …
AT_LEAST = 4  # … if so many have it
ALIKE = 0.6  # of the fingerprints of the two together
FEWEST = 15  # fingerprints in common; fewer happen by themselves
LAYOUT = {token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.COMMENT, token.ENDMARKER}


@dataclass(frozen=True, order=True)
class Pair:
    """Two submissions that are nearly equal.

    share: of the fingerprints that either has, those that both have;
    common: how many these are;
    first: the name of one;
    second: the name of the other.
    """

    share: float
    common: int
    first: str
    second: str


def pairs(fingerprints: Mapping[str, frozenset[int]]) -> list[Pair]:
    """The pairs that are nearly equal, the most alike first; fingerprints: by submission."""
    owners: dict[int, list[str]] = {}
    for name, prints in fingerprints.items():
        for one in prints:
            owners.setdefault(one, []).append(name)
    limit = max(AT_LEAST, COMMON * len(fingerprints))
    telling = {one: names for one, names in owners.items() if len(names) <= limit}
    sizes = Counter(name for names in telling.values() for name in names)
    shared = Counter(pair for names in telling.values() for pair in combinations(sorted(names), 2))
    found = [
        Pair(common / (sizes[first] + sizes[second] - common), common, first, second)
        for (first, second), common in shared.items()
        if common >= FEWEST
    ]
    return sorted((pair for pair in found if pair.share >= ALIKE), reverse=True)


def fingerprint(cells: Iterable[str]) -> frozenset[int]:
    """The fingerprints of a submission's code, cell by cell."""
    return frozenset().union(*(_winnowed(tokens(source)) for source in cells))


def tokens(source: str) -> list[str]:
    """The tokens of some code: no comments and no layout, one name for all names.

    Of code that is no Python, those up to the first that cannot be read.
    """
    found = []
    try:
        for one in tokenize.generate_tokens(io.StringIO(source).readline):
            if one.type in LAYOUT:
                continue
            is_name = one.type == token.NAME and not keyword.iskeyword(one.string)
            found.append("name" if is_name else one.string.strip())
    except (tokenize.TokenError, SyntaxError):  # IndentationError is one
        pass
    return found


def _winnowed(words: list[str]) -> set[int]:
    """The smallest hash of each window; a short text has one window, a shorter one none."""
    hashes = [crc32(" ".join(words[i : i + K]).encode()) for i in range(len(words) - K + 1)]
    last = max(1, len(hashes) - WINDOW + 1)
    return {min(hashes[i : i + WINDOW]) for i in range(last)} if hashes else set()
