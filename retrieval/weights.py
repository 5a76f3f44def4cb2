"""Files of weights in, what each view, feature and sign counts out.

The weights are data. Most are made by `python -m evaluation.fit`; the file says of what, and what they reached. What
the questions that they are made of hardly show is set by hand in a file of its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FITTED_FILE = Path(__file__).with_name("data") / "fitted.toml"
BY_HAND_FILE = FITTED_FILE.with_name("by_hand.toml")


PARTS = ("passages", "sentences", "certainty")


@dataclass(frozen=True, slots=True)
class Weights:
    """By name, what each view adds to a passage's score, each feature to a sentence's, each sign to the logit.

    What is not named counts nothing. The logit without any sign is called `bias`.
    """

    passages: Mapping[str, float]
    sentences: Mapping[str, float]
    certainty: Mapping[str, float]


def load(fitted: Path = FITTED_FILE) -> Weights:
    """The fitted weights of a file, and those set by hand, which go before."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (fitted, BY_HAND_FILE)]
    return Weights(
        *({name: weight for table in tables for name, weight in table.get(part, {}).items()} for part in PARTS)
    )
