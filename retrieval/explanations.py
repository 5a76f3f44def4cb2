"""What was looked at for an answer, as one value: it says why the answer is what it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.certainty import signs
from retrieval.models import Answer
from retrieval.ranking import Ranking, Scored, ScoredPassage
from retrieval.weights import Weights

Shares = tuple[tuple[str, float], ...]
"""Names, and how much each adds to a score, the most first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer, the ranking it was chosen from, the weights that made it, and the confidence that it had to reach.

    Small talk has no ranking.
    """

    answer: Answer
    ranking: Ranking | None
    weights: Weights
    threshold: float

    def views(self, passage: ScoredPassage) -> Shares:
        """What each view adds to the score of a passage."""
        return _shares(self.weights.passages, passage.views)

    def features(self, sentence: Scored) -> Shares:
        """What each feature adds to the score of a sentence."""
        return _shares(self.weights.sentences, sentence.features)

    @property
    def signs(self) -> Shares:
        """What each sign adds to the logit of the confidence in the best sentence."""
        if self.ranking is None or not self.ranking.sentences:
            return ()
        best = signs(self.ranking.sentences[0], self.ranking)
        return _shares(self.weights.certainty, {**best, "bias": 1.0})


def _shares(weights: Mapping[str, float], values: Mapping[str, float]) -> Shares:
    shares = ((name, weights.get(name, 0.0) * value) for name, value in values.items())
    return tuple(sorted(((name, share) for name, share in shares if abs(share) >= 0.005), key=lambda one: -abs(one[1])))
