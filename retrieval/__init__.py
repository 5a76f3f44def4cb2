"""Question in, answer out: the one door of this package is the names below."""

from retrieval.analysis import terms
from retrieval.certainty import SIGNS, signs
from retrieval.engine import Engine
from retrieval.errors import CatalogInvalid, CorpusMissing, IndexAway, RetrievalError
from retrieval.explanations import Explanation
from retrieval.features import FEATURES, Candidate
from retrieval.foreign import asks_more
from retrieval.languages import in_none_of
from retrieval.leads import Lead, bears_out
from retrieval.models import (
    Answer,
    Article,
    Block,
    ClusterSettings,
    DateRange,
    EngineSettings,
    LeftOut,
    Look,
    Named,
    Notice,
    Passage,
    Question,
    Quote,
    Span,
    SyncReport,
)
from retrieval.quotations import day_of
from retrieval.views import VIEWS
from retrieval.weights import FITTED_FILE

__all__ = [
    "FEATURES",
    "FITTED_FILE",
    "SIGNS",
    "VIEWS",
    "Answer",
    "Article",
    "Block",
    "Candidate",
    "CatalogInvalid",
    "ClusterSettings",
    "CorpusMissing",
    "DateRange",
    "Engine",
    "EngineSettings",
    "Explanation",
    "IndexAway",
    "Lead",
    "LeftOut",
    "Look",
    "Named",
    "Notice",
    "Passage",
    "Question",
    "Quote",
    "RetrievalError",
    "Span",
    "SyncReport",
    "asks_more",
    "bears_out",
    "day_of",
    "in_none_of",
    "signs",
    "terms",
]
