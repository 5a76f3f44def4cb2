"""Question in, answer out: the one door of this package is the names below."""

from retrieval.engine import Engine
from retrieval.errors import CatalogInvalid, CorpusMissing, RetrievalError
from retrieval.models import (
    Answer,
    Article,
    Block,
    DateRange,
    EngineSettings,
    LeftOut,
    Notice,
    Passage,
    Question,
    Quote,
    Span,
    SyncReport,
)

__all__ = [
    "Answer",
    "Article",
    "Block",
    "CatalogInvalid",
    "CorpusMissing",
    "DateRange",
    "Engine",
    "EngineSettings",
    "LeftOut",
    "Notice",
    "Passage",
    "Question",
    "Quote",
    "RetrievalError",
    "Span",
    "SyncReport",
]
