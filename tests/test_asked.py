"""A question in, the same made ready to be compared with sentences out."""

import pytest
from corpora import index_of

from retrieval.asked import Asked
from retrieval.questions import understand

INDEX = index_of("Ann Lindqvist, the mayor of Lima, said that it was late. The Norwegian minister Bo Ahlberg agreed.")


def asked(text: str) -> Asked:
    return Asked(understand(text, INDEX), (), INDEX.idf)


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("What did Lindqvist say?", {"lindqvist"}),
        ("what did lindqvst say", {"lindqvist"}),
        ("what did the norwgian minster say", {"norwai", "minist"}),
        ("What was said?", set()),
    ],
)
def test_speakers(text, speakers):
    """Whose words are asked for is read as the question's terms are, slips put right."""
    assert speakers == asked(text).speakers
