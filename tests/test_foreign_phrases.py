"""A kind of answer and a sentence in another language in, its phrases of that kind out."""

import pytest

from retrieval.models import AnswerKind
from retrieval.phrases import phrases


@pytest.mark.parametrize(
    ("language", "kind", "sentence", "expected"),
    [
        ("fr", "time", "Il est né le 12 mars 1950 et revient lundi.", ["12 mars 1950", "lundi"]),
        ("de", "time", "Am 3. Mai 2025 und im Jahr 2030 kamen 1.250 Gäste.", ["3. Mai 2025", "2030"]),
        ("es", "time", "Volverá el 14 de agosto.", ["14 de agosto"]),
        ("uk", "time", "Його зруйнувала повінь у травні 2020 року.", ["травні 2020"]),
        ("fr", "count", "Quarante loups et 1 200 brebis", ["Quarante", "1 200"]),
        ("el", "count", "Συγκέντρωσε είκοσι χιλιάδες υπογραφές", ["είκοσι", "χιλιάδες"]),
        ("uk", "reason", "Його зупинили, тому що знайшли снаряди.", ["тому що знайшли снаряди."]),
        ("de", "person", "Dort hat die Frau Miriam Seidl von Hagen gearbeitet.", ["Frau Miriam Seidl von Hagen"]),
        ("uk", "person", "Так сказала Оксана Гнатюк у суботу.", ["Оксана Гнатюк"]),
        ("el", "person", "Ο δικηγόρος Νίκος Βλάχος μίλησε.", ["Νίκος Βλάχος"]),
        ("fr", "place", "Il vit à Paris.", []),
        ("fr", "money", "Il a payé 5 euros.", []),
    ],
)
def test_phrases_of_a_kind_are_found(language: str, kind: AnswerKind, sentence: str, expected: list[str]) -> None:
    """Figures, capitals and lists of words tell what may be an answer; other kinds are not told."""
    assert expected == [sentence[start:end] for start, end in phrases(kind, sentence, language)]
