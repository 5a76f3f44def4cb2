import re
from dataclasses import replace

import pytest

from bot import pages
from bot.rendering import Renderer
from retrieval import Engine, EngineSettings, Quote, Span
from tests.corpora import engine_over

LONG = " ".join(f"The mayor counted {number} boats in the harbour that day." for number in range(1, 7))
OTHER = " ".join(f"The king saw {number} birds on the roof of his house." for number in range(1, 7))
TEXT = f"A bridge for Lima\n\n{LONG}\n\nThe birds\n\n{OTHER}\n"


@pytest.fixture
async def engine(tmp_path):
    files = {
        "a.txt": f"---\ndate: 2025-03-12\nsource: The Post\nurl: https://example.org/a\n---\n{TEXT}",
        "b.txt": "A tunnel for Oslo\n\nThe king is ill. The queen opened the tunnel without him.\n",
    }
    async with engine_over(tmp_path, files) as opened:
        yield opened


@pytest.fixture
async def engine_of_seeds(seeds):
    async with Engine.open(EngineSettings(seeds)) as opened:
        yield opened


def quoted(engine, words, name="a.txt"):
    article = engine.articles[name]
    start = article.text.index(words)
    return Quote(article, Span(start, start + len(words)), words)


def told(context):
    return "".join(words for words, _ in context.runs)


def marked(context):
    return "".join(words for words, own in context.runs if own)


async def test_context(engine):
    """The passage of a quote is shown as it is printed, the words of the quote marked."""
    words = "The mayor counted 3 boats in the harbour that day."
    context = await pages.context(engine, quoted(engine, words))
    assert context is not None
    assert told(context) == LONG
    assert words == marked(context)
    assert (context.first, context.last, context.total, context.heading) == (1, 1, 2, "")
    assert (context.has_previous, context.has_next) == (False, True)


async def test_steps(engine):
    """Steps lead through the article, to its end and no further; the quote is marked only where it stands."""
    quote = quoted(engine, "The mayor counted 3 boats in the harbour that day.")
    after = await pages.context(engine, quote, 1)
    assert after is not None
    assert (told(after), marked(after)) == (OTHER, "")
    assert (after.has_previous, after.has_next) == (True, False)
    assert after.heading == "The birds"
    assert await pages.context(engine, quote, 2) is None
    assert await pages.context(engine, quote, -1) is None


async def test_quote_of_part_of_a_sentence(engine):
    """Words within a sentence are marked alone."""
    context = await pages.context(engine, quoted(engine, "3 boats in the harbour"))
    assert context is not None
    assert (told(context), marked(context)) == (LONG, "3 boats in the harbour")


async def test_quote_out_of_two_passages(engine):
    """Of a quote that reaches over two passages both are shown, without what stands between them."""
    first, last = LONG[-20:], OTHER[:20]
    whole = engine.articles["a.txt"].text
    start, end = whole.index(first), whole.index(last) + len(last)
    quote = replace(quoted(engine, first), span=Span(start, end), text=whole[start:end])
    assert await pages.context(engine, quote) is None, "a subhead stands between"


async def test_two_paragraphs(tmp_path):
    """Passages of one stretch are shown with the air between their paragraphs, the quote marked throughout."""
    async with engine_over(tmp_path, {"a.txt": f"A bridge for Lima\n\n{LONG}\n\n{OTHER}\n"}) as engine:
        quote = quoted(engine, f"{LONG[-20:]}\n\n{OTHER[:20]}")
        context = await pages.context(engine, quote)
    assert context is not None
    assert (context.first, context.last) == (1, 2)
    assert (told(context), marked(context)) == (f"{LONG}\n\n{OTHER}", quote.text)
    assert "Passages 1 and 2 of 2" in Renderer("text").render("context", context=context)


async def test_gone(engine):
    """There is no passage of words or of an article that are gone."""
    quote = quoted(engine, "The king is ill.", "b.txt")
    assert await pages.context(engine, replace(quote, text="The king is well.")) is None
    assert await pages.context(engine, replace(quote, article=replace(quote.article, id="c.txt"))) is None


@pytest.mark.parametrize("letter", ["b", "\U0001f984"])
@pytest.mark.parametrize(("at", "cut"), [(0, (False, True)), (5, (True, False))])
async def test_long_passage(tmp_path, letter, at, cut):
    """A passage too long for a message is cut around the quote, so that it fits in Telegram's own count."""
    sentences = [" ".join(["So on", *[letter * 18] * 31, f"{number}."]) for number in range(5)]
    sentences.insert(at, "The mayor opened it.")
    async with engine_over(tmp_path, {"a.txt": f"A bridge for Lima\n\n{' '.join(sentences)}\n"}) as engine:
        context = await pages.context(engine, quoted(engine, "The mayor opened it."))
    assert context is not None
    assert marked(context) == "The mayor opened it."
    assert (context.first, context.last, context.total) == (1, 1, 1)
    assert cut == (context.cut_before, context.cut_after)
    assert len(told(context).encode("utf-16-le")) <= 2 * pages.LONGEST
    html = _page("context", context=context)
    assert cut == ("<blockquote>… " in html, " …</blockquote>" in html)


def _page(name, **values):
    return Renderer("html").render(name, **values)


async def test_context_in_words(engine):
    """The page says under which subhead a passage stands, in which article, and which of its passages it is."""
    quote = quoted(engine, "The king saw 2 birds")
    page = _page("context", context=await pages.context(engine, quote))
    assert page.startswith("<b>The birds</b>\n\n<blockquote>")
    assert "<b>The king saw 2 birds</b> on the roof" in page
    assert page.endswith("— A bridge for Lima, The Post, 12 March 2025\n<i>Passage 2 of 2</i>")


async def test_article_page(engine):
    """An article's page says its title, source and date, how many passages it has, how it begins, and where it is."""
    page = await pages.article_page(engine, engine.articles["a.txt"])
    html = _page("article", page=page)
    assert html.startswith("<b>A bridge for Lima</b>\nThe Post, 12 March 2025\n")
    assert "❝The mayor counted 1 boats in the harbour that day. The mayor counted 2 boats in the harbour" in html
    assert html.endswith("2 passages on file\nhttps://example.org/a")
    other = _page("article", page=await pages.article_page(engine, engine.articles["b.txt"]))
    assert "undated" in other
    assert other.endswith("1 passage on file")


async def test_evidence(engine_of_seeds):
    """A date that was worked out comes with the reason."""
    found = await pages.find_article(engine_of_seeds, "European leaders discuss Ukraine security guarantees")
    html = _page("article", page=await pages.article_page(engine_of_seeds, found[0]))
    assert "about 19 August 2025 (worked out from the text)\n<i>It tells of talks on a Tuesday" in html


async def test_article_gone(engine):
    """The page of an article that is gone has no opening lines."""
    gone = replace(engine.articles["b.txt"], id="gone.txt")
    page = await pages.article_page(engine, gone)
    assert (page.passages, page.opening, page.line) == (0, "", "")
    assert "❝" not in _page("article", page=page)


async def test_long_opening(tmp_path):
    """A long first sentence stands alone; a list has only its beginning."""
    first = "The mayor" + " of a very old town" * 20 + " sleeps."
    async with engine_over(tmp_path, {"a.txt": f"A bridge for Lima\n\n{first} He is old.\n"}) as engine:
        page = await pages.article_page(engine, engine.articles["a.txt"])
    assert page.opening == first
    assert page.line.endswith("…")
    assert first.startswith(page.line[:-1])
    assert len(page.line) <= pages.LINE + 1


async def test_latest(engine):
    """The newest articles come with their first lines, undated ones last; with words, those that hold them."""
    found = await pages.latest(engine)
    assert ["a.txt", "b.txt"] == [article.id for article in found.articles]
    html = _page("latest", latest=found)
    assert html.startswith("<b>The newest articles</b>\n\n• A bridge for Lima, The Post, 12 March 2025\n<i>❝The mayor")
    on = _page("latest", latest=await pages.latest(engine, " tunnel "))
    assert on.startswith("<b>Newest first, on “tunnel”</b>\n\n• A tunnel for Oslo, undated\n")
    assert "Lima" not in on


async def test_no_latest(engine, tmp_path):
    """Where no article holds the words, or there is none at all, that is said."""
    assert "No article on file has “Cairo &amp; co” in it." in _page(
        "latest", latest=await pages.latest(engine, "Cairo & co")
    )
    (tmp_path / "none").mkdir()
    async with engine_over(tmp_path / "none", {}) as empty:
        assert "•" not in _page("latest", latest=await pages.latest(empty))


async def test_timeline(engine):
    """A timeline has a day above each quote, and says how many articles have none."""
    found = await pages.timeline(engine, " king ")
    assert [quote.article.id for quote in found.quotes] == ["a.txt"]
    html = _page("timeline", timeline=found)
    assert html.startswith("<b>“king”, oldest first</b>\n\n<b>12 March 2025</b>\n<blockquote>❝The king saw")
    assert html.endswith("— A bridge for Lima, The Post, 12 March 2025\n\n<i>1 undated article is left out.</i>")


async def test_timeline_worked_out(engine_of_seeds):
    """A day that was worked out from the text is marked as such."""
    html = _page("timeline", timeline=await pages.timeline(engine_of_seeds, "Starmer"))
    assert "<b>13 March 2025</b>" in html
    assert "<b>about 19 August 2025</b>" in html
    assert "left out" not in html


async def test_no_timeline(engine):
    """Without words the page asks for some; where no dated article holds them, it says so."""
    assert "No dated article has “queen” in it." in _page("timeline", timeline=await pages.timeline(engine, "queen"))
    asks = "Write what the timeline should be about"
    assert asks in _page("timeline", timeline=await pages.timeline(engine, " "))
    assert asks in _page("timeline", timeline=None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1", ["a.txt"]),
        (" 2 ", ["b.txt"]),
        ("3", []),
        ("0", []),
        ("9" * 5_000, []),
        ("b.txt", ["b.txt"]),
        ("tunnel", ["b.txt"]),
        ("", []),
    ],
)
async def test_find_article(engine, words, expected):
    """An article is found by its number in the list, its id or words of its title."""
    assert expected == [article.id for article in await pages.find_article(engine, words)]


async def test_key(engine):
    """A key is eleven letters, digits, - and _; by it the article is found as long as it is served."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{11}", pages.key("a.txt"))
    for name, article in engine.articles.items():
        assert await pages.article_of(engine, pages.key(name)) == article
    assert await pages.article_of(engine, pages.key("gone.txt")) is None
    assert await pages.article_of(engine, "") is None
