"""A name and an index in, the name as the articles mostly print it out."""

import pytest

from retrieval.leads import Lead
from retrieval.printed import spelt, usual
from tests.corpora import index_of

INDEX = index_of(
    "The visit\n\nPresident Volodimir Zelenski came on Monday. He met Emauel Macron, who was late.\n",
    "The talks\n\nPresident Volodymyr Zelenskyy spoke. Zelenskyy met Emmanuel Macron. “Emmanuel Macron is late,” he "
    "said.\n",
    "The union\n\nHe left the European Union. Europe is large, and Europeans like the European Union. In Kremlin talks "
    "nothing was said of the Kremlin, Kyiv or Ursula von der Laien. They saw Kiev and Kyiv. Ann Berg was there.",
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Volodimir Zelenski", "Volodymyr Zelenskyy"),
        ("Zelenski", "Zelenskyy"),
        ("Emauel Macron", "Emmanuel Macron"),
        ("European Union", "the European Union"),
        ("the European Union", "the European Union"),
        ("Kremlin", "the Kremlin"),
        ("Ann Berg", "Ann Berg"),
        ("Kiev", "Kyiv"),
        ("Ursula von der Laien", ""),
        ("Ola Dahl", "Ola Dahl"),
    ],
)
def test_usual(name, expected):
    """A name is spelt as most articles do, with "the" where it has that; what they only know misspelt is not."""
    assert expected == usual(name, INDEX, "en")


def test_no_the_elsewhere():
    """In other languages names are left without "the"."""
    assert "Kremlin" == usual("Kremlin", INDEX, "fr")


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (Lead("speaker", "Zelenski", "Kremlin"), Lead("speaker", "Zelenskyy", "the Kremlin")),
        (Lead("speaker", "Zelenski"), Lead("speaker", "Zelenskyy")),
        (Lead("speaker", "Zelenski", "Ursula von der Laien"), None),
        (Lead("name", "Ursula von der Laien"), None),
        (Lead("figure", "Kremlin talks", "were held"), Lead("figure", "Kremlin talks", "were held")),
    ],
)
def test_spelt(lead, expected):
    """Each name of a lead is spelt so; what is counted stays as it is, and what has no spelling leads nowhere."""
    assert expected == spelt(lead, INDEX)
