import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.conversation import Reply
from bot.errors import ApiBaseUrlInvalid, TokenRefused
from bot.languages import PROMPTS, in_words
from bot.rendering import Renderer, excerpt, oldest_first, plain, tagged, window
from bot.settings import EnvFileUnreadable, SettingInvalid, TokenFileUnreadable
from retrieval import (
    Answer,
    Article,
    CatalogInvalid,
    CorpusMissing,
    DateRange,
    LeftOut,
    Named,
    Notice,
    Question,
    Quote,
    Span,
    SyncReport,
)
from retrieval.models import Block

HTML = Renderer("html")
TEXT = Renderer("text")
HOSTILE = [
    "<b>bold",
    "</blockquote>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "&amp;",
    "*_`[x](y)",
    "'; DROP TABLE a; --",
    '"',
    "]]>",
]
FORMS = pytest.mark.parametrize("form", ["html", "text"])


def article(text="Macron on Tuesday proposed Geneva.", **known):
    described = {
        "id": "001.txt",
        "title": "Talks on Tuesday",
        "title_source": "stated",
        "date": date(2025, 3, 13),
        "date_source": "stated",
        "source": "",
        "url": "",
    }
    return Article(**(described | known), text=text)


def quote(text="Macron on Tuesday proposed Geneva.", *highlights, **known):
    whole = f"Before it. {text} After it."
    marks = tuple(Span(11 + text.index(words), 11 + text.index(words) + len(words)) for words in highlights)
    return Quote(article(whole, **known), Span(11, 11 + len(text)), text, marks)


def answered(*quotes, **asked):
    return Reply(Answer(Question("where?", ("where",), **asked), "answered", 0.9, quotes))


def not_found(text="who?", terms=("who",), **asked):
    return Reply(Answer(Question(text, terms, **asked), "not_found"))


class Telegram(HTMLParser):
    """Reads HTML as strictly as Telegram: known tags only, each closed, nothing unescaped."""

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in {"b", "i", "blockquote"}
        assert attrs == []
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        assert "\0" not in data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_answer_in_html():
    """A quote stands in a blockquote, its highlights bold, its citation below."""
    known = {"date": date(2025, 8, 19), "date_source": "inferred"}
    expected = (
        "<blockquote>❝Macron on Tuesday proposed <b>Geneva</b>.❞</blockquote>\n"
        "— Talks on Tuesday, about 19 August 2025 (worked out from the text)"
    )
    assert expected == HTML.reply(answered(quote("Macron on Tuesday proposed Geneva.", "Geneva", **known)))


def test_answer_in_text():
    """The text form has the same words without the tags."""
    expected = "❝Macron on Tuesday proposed Geneva.❞\n— Talks on Tuesday, 13 March 2025"
    assert expected == TEXT.reply(answered(quote("Macron on Tuesday proposed Geneva.", "Geneva")))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "— Talks on Tuesday, 13 March 2025"),
        ({"source": "UNN"}, "— Talks on Tuesday, UNN, 13 March 2025"),
        ({"date_source": "catalog"}, "— Talks on Tuesday, 13 March 2025 (from the catalog)"),
        ({"date_source": "inferred"}, "— Talks on Tuesday, about 13 March 2025 (worked out from the text)"),
        ({"date": None, "date_source": "unknown"}, "— Talks on Tuesday, undated"),
        ({"title_source": "catalog"}, "— [Talks on Tuesday], 13 March 2025"),
        ({"title": "", "title_source": "unknown"}, "— [001.txt], 13 March 2025"),
    ],
)
def test_citation(known, expected):
    """A citation says the title, the source and the date, and how these are known."""
    assert expected == TEXT.reply(answered(quote(**known))).splitlines()[1]


def test_first_whole_then_shorter():
    """The first quote is whole, at most two shorter ones follow, each with its citation; the others are more."""
    words = " ".join(f"word{number}" for number in range(60))
    reply = answered(*(quote(f"{name} {words}.") for name in "ABCDE"))
    first, second, third = TEXT.reply(reply).split("\n\n")
    assert first.startswith(f"❝A {words}.❞\n— Talks on Tuesday")
    assert [re.search(r"\w…❞\n— Talks", further) is not None for further in (second, third)] == [True, True]
    assert reply.has_more
    more = TEXT.reply(Reply(reply.answer, "more"))
    assert [f"❝{name} {words}.❞" for name in "DE"] == more.splitlines()[0::3]


def test_also_in():
    """Where a quote's fact stands in other articles too, a line below says in which, two by name."""
    others = tuple(article(title=f"Talk {number}", date=None, title_source="catalog") for number in range(4))
    one = quote()
    for count, expected in (
        (0, ""),
        (1, "\nalso in: [Talk 0], undated"),
        (2, "\nalso in: [Talk 0], undated; [Talk 1], undated"),
        (4, "\nalso in: [Talk 0], undated; [Talk 1], undated; and 2 more"),
    ):
        reply = answered(replace(one, also=others[:count]))
        assert f"❝{one.text}❞\n— Talks on Tuesday, 13 March 2025{expected}" == TEXT.reply(reply)
        Telegram(HTML.reply(reply))


def differing(kind, *dates):
    """A reply of quotes that differ, from articles of these dates."""
    texts = (f"Article {number} has {number * 100} words." + " It goes on." * 20 for number, _ in enumerate(dates, 1))
    quotes = tuple(quote(text, date=day) for text, day in zip(texts, dates, strict=True))
    return Reply(Answer(Question("how many?", ("many",), kind), "answered", 0.9, quotes, differing=True))


@pytest.mark.parametrize(("kind", "expected"), [("count", "figures"), ("share", "figures"), ("yes_no", "positions")])
def test_differing(kind, expected):
    """Quotes that differ stand below a line that says so, oldest first, undated last, and whole."""
    days = (date(2025, 3, 2), None, date(2025, 3, 1), date(2025, 3, 3), date(2025, 2, 1))
    reply = differing(kind, *days)
    first, *quotes = TEXT.reply(reply).split("\n\n")
    assert f"different {expected}" in first
    assert first.endswith(", oldest first:")
    assert ["Article 3", "Article 1", "Article 2"] == [words[1:10] for words in quotes]
    assert not any("…" in words for words in quotes)
    assert ["Article 5", "Article 4"] == re.findall(r"❝(Article \d)", TEXT.reply(Reply(reply.answer, "more")))
    Telegram(HTML.reply(reply))


@pytest.mark.parametrize("days", [(None, None), (date(2025, 3, 1), None), (date(2025, 3, 1), date(2025, 3, 1))])
def test_differing_without_order(days):
    """Without two days there is no oldest, and the best stands first."""
    reply = TEXT.reply(differing("count", *days))
    assert "oldest" not in reply
    assert ["Article 1", "Article 2"] == re.findall(r"❝(Article \d)", reply)


def test_oldest_first():
    """A quote is as old as the one day that its words mean; days to come, and several, leave that of its article."""
    days = [DateRange(day, day) for day in (date(2025, 2, 21), date(2025, 3, 14), date(2025, 2, 20))]
    one, earlier, to_come, several = (
        replace(quote(name), dates=tuple((Span(11, 12), day) for day in spoken))
        for name, spoken in (("A", ()), ("B", days[:1]), ("C", days[1:2]), ("D", days))
    )
    assert [earlier, one, to_come] == oldest_first([one, earlier, to_come])
    assert [one, several] == oldest_first([one, several])


def test_understood():
    """What a question was read as stands below the answer, and below its lack."""
    asked = {"about": "Fiona Hill", "corrections": (("zelinsky", "zelensky"),)}
    below = "\n\nabout: Fiona Hill\nRead “zelinsky” as “zelensky”."
    assert TEXT.reply(answered(quote(), **asked)).endswith(below)
    assert TEXT.reply(not_found(**asked)).endswith(below)


def test_not_found():
    """No answer is said to be none, and how to go on."""
    assert TEXT.reply(not_found()).startswith("The articles don't say.\n\n")
    assert "/sources" in TEXT.reply(not_found())
    assert ":sources" in Renderer("text", ":").reply(not_found())
    assert "sources" not in Renderer("text", "").reply(not_found())


def nearly(text, *highlights, **known):
    """A reply without an answer, and what comes closest to one."""
    reply = not_found()
    return replace(reply, answer=replace(reply.answer, closest=quote(text, *highlights, **known)))


def test_closest():
    """What comes closest stands below, named as that and cited; nothing in it is marked as the answer."""
    reply = nearly("Macron on Tuesday proposed Geneva.", "Geneva", source="UNN")
    first, closest, further = TEXT.reply(reply).split("\n\n")
    assert "The articles don't say." == first
    introduced, *quoted = closest.splitlines()
    assert introduced.startswith("The closest they come")
    assert introduced.endswith("something else:")
    assert ["❝Macron on Tuesday proposed Geneva.❞", "— Talks on Tuesday, UNN, 13 March 2025"] == quoted
    assert further.startswith("Other words may help")
    assert "<b>" not in HTML.reply(reply)
    Telegram(HTML.reply(reply))


def test_closest_is_short():
    """It is cut like a further quote, around the words that came closest."""
    text = " ".join(f"word{number}" for number in range(200))
    shown = TEXT.reply(nearly(text, "word150")).splitlines()[3]
    assert "word150" in shown
    assert len(shown) <= 180 + len("❝……❞")
    assert shown.startswith("❝…")
    assert shown.endswith("…❞")


def test_no_closest():
    """Where nothing comes close, nothing is said of it; nor where no question could be made out."""
    assert "closest" not in TEXT.reply(not_found())
    reply = nearly("Macron.")
    unclear = replace(reply, answer=replace(reply.answer, question=Question("🙂")))
    assert "closest" not in TEXT.reply(unclear)


@pytest.mark.parametrize("words", HOSTILE)
def test_closest_is_escaped(words):
    """What an article prints cannot be markup there, either."""
    reply = nearly(f"Macron {words} proposed.")
    assert f"Macron {words} proposed." in TEXT.reply(reply)
    Telegram(HTML.reply(reply))


def test_unclear():
    """A message without a term is met with an example, where there is an article to make one from."""
    unclear = not_found("🙂", ())
    assert "example" not in TEXT.reply(unclear)
    assert "“Talks on Tuesday”" in TEXT.reply(Reply(unclear.answer, example=article()))


@pytest.mark.parametrize("kind", ["greeting", "thanks", "farewell", "identity"])
def test_smalltalk(kind):
    """Each kind of smalltalk has words of its own, and none counts as an answer."""
    words = TEXT.reply(Reply(Answer(Question("hi", smalltalk=kind), "smalltalk")))
    others = [
        TEXT.reply(Reply(Answer(Question("hi", smalltalk=other), "smalltalk")))
        for other in ("greeting", "thanks", "farewell", "identity")
        if other != kind
    ]
    assert words not in others
    assert "❝" not in words


def test_no_more():
    """There is nothing more after an answer, nor after none."""
    assert TEXT.reply(Reply(answered(quote()).answer, "no_more")).startswith("That is all")
    assert TEXT.reply(Reply(not_found().answer, "no_more")).startswith("There is nothing to add")


@pytest.mark.parametrize("terms", [(), ("dirige",)])
def test_another_language(terms):
    """Who asks in a language that no article is in is told those of the articles, and not that they don't say."""
    one, two = (
        TEXT.reply(replace(not_found("Qui ?", terms), languages=languages))
        for languages in (("fr",), ("fr", "de", "uk"))
    )
    assert "The articles are in French. Please ask in that language." in one
    assert "in French, German, and Ukrainian. Please ask in one of these languages." in two
    assert "don't say" not in one + two


def test_opening():
    """The first page and the help make an example of the question that they are given to begin with."""
    for name in ("start", "help"):
        told = TEXT.render(name, **filed([article()]) | {"opening": "Who is Ada?"})
        assert "Who is Ada?" in told
        assert "What is said about" not in told


def test_empty_corpus():
    """Without articles a reply says where they go."""
    assert "DATELINE_CORPUS" in TEXT.reply(Reply(not_found().answer, "empty_corpus"))


def filed(articles, *left_out):
    """What the pages are told about a collection."""
    reasons = tuple(Counter(one.reason for one in left_out).items())
    return {
        "total": len(articles),
        "first": next(iter(articles), None),
        "latest": articles[:40],
        "report": SyncReport(left_out=left_out, reasons=reasons),
        "opening": "",
        "languages": ("en",),
    }


@FORMS
@pytest.mark.parametrize("name", ["start", "help", "sources"])
@pytest.mark.parametrize("articles", [[], [article()], [article(id=f"{n}", date=None) for n in range(50)]])
def test_pages(form, name, articles):
    """The pages of the chat suit any number of articles."""
    left_out = [LeftOut(f"{number}.png", "suffix", ".png") for number in range(12)]
    page = Renderer(form).render(name, **filed(articles, *left_out))
    assert page
    assert "\n\n\n" not in page
    Telegram(page if form == "html" else "")


def test_sources_by_date():
    """The newest articles are listed as they come, and the others counted."""
    listed = [article(title=str(year), date=date(year, 1, 1) if year else None) for year in (2024, 2020, 0)]
    page = TEXT.render("sources", **filed(listed) | {"total": 1_003})
    assert re.findall(r"^\d\. (\d+),", page, re.MULTILINE) == ["2024", "2020", "0"]
    assert "and 1,000 older ones" in page


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("suffix", "not .txt, .md, .html, .pdf or .jsonl"),
        ("empty", "empty"),
        ("too_large", "larger than 20 MB"),
        ("binary", "not text"),
        ("unreadable", "cannot be opened"),
        ("outside", "a link that leads out of the folder"),
        ("copy", "the same text as another article, or a part of it"),
        ("front_matter", "its front matter is not as allowed"),
        ("no_text", "no sentence to quote"),
    ],
)
def test_left_out(reason, expected):
    """Each reason for leaving a file out has its words, and its fact."""
    assert f"• a.txt: {expected} (fact)" in TEXT.render("sources", **filed([], LeftOut("a.txt", reason, "fact")))
    assert f"• a.txt: {expected}\n" in TEXT.render("sources", **filed([], LeftOut("a.txt", reason))) + "\n"
    assert f"{expected} (fact)" == TEXT.render("because", file=LeftOut("a.txt", reason, "fact"))


def test_much_left_out():
    """Of much that is left out the first are named, and all are counted, by reason."""
    report = SyncReport(left_out=(LeftOut("a.txt", "empty"),) * 3, reasons=(("empty", 1_200), ("no_text", 4)))
    page = TEXT.render("sources", **filed([]) | {"report": report})
    assert 3 == page.count("• a.txt: empty")
    assert "and 1,194 more; in all 1,200 empty, 4 no text" in page


@pytest.mark.parametrize("code", ["cache_rebuilt", "cache_in_memory", "cache_busy", "index_in_memory"])
def test_notice(code):
    """Each notice has its words, and its fact."""
    notice = Notice(code, "disk full")
    assert "(disk full)" in TEXT.render("notice", code=notice.code, detail=notice.detail)
    assert "()" not in TEXT.render("notice", code=code, detail="")


@pytest.mark.parametrize(
    ("mistake", "named"),
    [
        (CorpusMissing("news"), ["news", "DATELINE_CORPUS"]),
        (
            CatalogInvalid("catalog.toml", 3, "date", "a day such as 2025-03-15"),
            ["catalog.toml", "line 3", "date", "such"],
        ),
        (SettingInvalid("DATELINE_K1", "x", "how much"), ["DATELINE_K1", "x", "how much"]),
        (EnvFileUnreadable(".env", "not UTF-8"), [".env", "not UTF-8"]),
        (TokenFileUnreadable("secret", "empty"), ["TELEGRAM_BOT_TOKEN_FILE", "secret", "empty"]),
        (TokenRefused("https://api"), ["TELEGRAM_BOT_TOKEN", "https://api"]),
        (ApiBaseUrlInvalid("ftp://x"), ["TELEGRAM_API_BASE_URL", "ftp://x"]),
    ],
)
def test_error(mistake, named):
    """Each mistake is told in one line with its facts, and has a template of its own."""
    line = TEXT.error(mistake.code, mistake.facts)
    assert [fact for fact in named if fact not in line] == []
    assert "\n" not in line
    assert not line.startswith(mistake.code)


def test_error_without_a_template():
    """An error nobody wrote words for is told by its code and facts."""
    assert TEXT.error("odd", {"path": "a", "line": 3}) == "odd: path a, line 3"


def test_error_stays_one_line():
    """A fact with line ends in it does not break the line."""
    assert "\n" not in TEXT.error("corpus_missing", {"path": "a\nb\r\nc"})


def test_missing_value():
    """A template that lacks a value says so instead of leaving a gap."""
    with pytest.raises(UndefinedError):
        HTML.render("start")


def test_index_summary():
    """The summary counts what happened and names it."""
    report = SyncReport(
        Named.of("a.txt"), Named(), Named(1_021, ("b.txt",) * 30), 4, (LeftOut("g.png", "suffix"),), (("suffix", 1),)
    )
    summary = TEXT.render("index", report=report, total=5)
    assert summary.startswith("5 articles on file: 1 added, 0 changed, 1,021 removed, 4 unchanged.")
    assert "• added: a.txt\n• removed: b.txt" in summary
    assert "• removed: and 1,001 more" in summary
    assert "• g.png: not .txt" in summary


def test_articles_listing():
    """The listing has what is known of an article and, when asked, what is never quoted."""
    text = "Details\nIt rained."
    known = {"encoding": "cp1252", "evidence": "it rained", "blocks": (Block("heading", Span(0, 7)),), "source": "UNN"}
    values = {"articles": [article(text, **known)], "passages": lambda name: range(12), "report": SyncReport()}
    listing = TEXT.render("articles", **values, furniture=True)
    for shown in (
        "13 March 2025",
        "stated",
        " 12 ",
        "001.txt",
        "Talks on Tuesday, UNN",
        "cp1252",
        "it rained",
        "heading: Details",
    ):
        assert shown in listing
    assert "Details" not in TEXT.render("articles", **values, furniture=False)


@FORMS
@pytest.mark.parametrize("name", [path.name for path in PROMPTS.iterdir() if path.is_file()])
def test_every_template_compiles(form, name):
    """Nothing in prompts/ is broken or misnamed."""
    assert name.endswith(".html.j2")
    if name.removesuffix(".html.j2") in {"failed", "expired", "not_text", "button_more", "no_token", "hint_more"}:
        assert Renderer(form).render(name.removesuffix(".html.j2"))


@pytest.mark.parametrize("words", HOSTILE)
def test_markup_is_shown_as_text(words):
    """Markup in an article or in a question is text, in both forms."""
    reply = answered(
        quote(f"He said {words} twice.", words, title=words, source=words), about=words, corrections=((words, words),)
    )
    Telegram(HTML.reply(reply))
    assert f"❝He said {words} twice.❞\n— {words}, {words}, 13 March 2025\n\nabout: {words}" in TEXT.reply(reply)
    assert plain(HTML.reply(reply)) == TEXT.reply(reply)


def test_control_characters():
    """What would disturb a terminal, a message or the order of the letters is not shown; line ends are."""
    odd = "a\0b\x1b[31mc\u202ed\ud800e\x85f\r\ng"
    assert "about: ab[31mcdef\ng" in TEXT.reply(answered(quote(), about=odd))


@given(
    text=st.text(max_size=300),
    limit=st.integers(1, 100),
    marks=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4),
)
@settings(max_examples=200)
def test_excerpt_is_verbatim(text, limit, marks):
    """Whatever is cut, what is shown are characters of the quote in a row, and no more than asked for."""
    spans = tuple(Span(*sorted(mark)) for mark in marks)
    shown = excerpt(Quote(article(text), Span(0, len(text)), text, spans), limit)
    words = "".join(run for run, _ in shown.runs)
    assert words in text
    assert len(words) <= limit or not text[limit:]
    assert (words == text) == (not shown.cut_before and not shown.cut_after)
    assert shown.cut_before or text.startswith(words)
    assert shown.cut_after or text.endswith(words)


@given(st.lists(st.text("abc ", min_size=1), min_size=1, max_size=40), st.integers(8, 60), st.data())
@settings(max_examples=200)
def test_window_cuts_between_words(parts, limit, data):
    """A window begins and ends between words where words are shorter than it, and shows what it is asked to."""
    text = " ".join(part.replace(" ", "")[:6] or "x" for part in parts)
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first, min(len(text), first + 1)))
    start, end = window(text, limit, first, last)
    assert 0 <= start < end <= min(len(text), start + limit)
    assert start == 0 or text[start - 1] == " " or start == first
    assert end == len(text) or text[end] == " "


def test_window_shows_the_highlight():
    """A highlight far into a quote is shown, with words before it."""
    text = " ".join(f"word{number:03}" for number in range(100))
    first = text.index("word070")
    start, end = window(text, 180, first, first + 7)
    assert start < first < first + 7 < end
    assert text[start - 1] == text[end] == " "


def test_highlights_may_overlap():
    """Highlights that overlap or touch are shown once."""
    text = "one two three"
    spans = (Span(4, 7), Span(0, 5), Span(7, 8))
    shown = excerpt(Quote(article(text), Span(0, 13), text, spans))
    assert shown.runs == (("one t", True), ("wo", True), (" ", True), ("three", False))


def test_in_words():
    """A day is said without a leading zero."""
    assert in_words(date(987, 8, 9)) == "9 August 987"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2025-03-09", "2025-03-09", "9 March 2025"),
        ("2025-03-09", "2025-03-14", "9–14 March 2025"),
        ("2025-02-28", "2025-03-03", "28 February – 3 March 2025"),
        ("2024-12-30", "2025-01-05", "30 December 2024 – 5 January 2025"),
        ("2025-02-01", "2025-02-28", "February 2025"),
        ("2024-02-01", "2024-02-28", "1–28 February 2024"),
        ("2025-01-01", "2025-12-31", "2025"),
        ("2025-01-01", "2025-02-28", "1 January – 28 February 2025"),
        ("9999-12-31", "9999-12-31", "31 December 9999"),
    ],
)
def test_days_in_words(first, last, expected):
    """Several days are said as short as can be."""
    assert expected == in_words(DateRange(date.fromisoformat(first), date.fromisoformat(last)))


def dated_quote(text, *words, **known):
    """A quote with words that mean 11 March 2025, the last of them all of that month."""
    plain_quote = quote(text, **known)
    spans = [Span(11 + text.index(one), 11 + text.index(one) + len(one)) for one in words]
    days = [DateRange(date(2025, 3, 11), date(2025, 3, 11))] * len(spans)
    days[-1] = DateRange(date(2025, 3, 1), date(2025, 3, 31))
    return replace(plain_quote, dates=tuple(zip(spans, days, strict=True)))


@FORMS
def test_what_words_about_time_mean(form):
    """What words of a quote mean stands in brackets between the quote and its citation, never inside the quote."""
    reply = answered(dated_quote("On Tuesday, last month, they met.", "Tuesday", "last month"))
    lines = plain(Renderer(form).reply(reply)).splitlines()
    expected = ["❝On Tuesday, last month, they met.❞", "[“Tuesday”: 11 March 2025; “last month”: March 2025]"]
    assert [*expected, "— Talks on Tuesday, 13 March 2025"] == lines


def test_what_words_mean_once():
    """Words that come again with the same meaning are told once."""
    text = "On Tuesday they met, and on Tuesday they left in March."
    twice = dated_quote(text, "Tuesday", "in March")
    again = Span(11 + text.rindex("Tuesday"), 11 + text.rindex("Tuesday") + 7)
    shown = TEXT.reply(answered(replace(twice, dates=(*twice.dates, (again, twice.dates[0][1])))))
    assert "[“Tuesday”: 11 March 2025; “in March”: March 2025]" == shown.splitlines()[1]


def test_what_words_mean_about():
    """Where the article's own date was worked out, so was what its words mean."""
    shown = TEXT.reply(
        answered(dated_quote("On Tuesday they met last month.", "Tuesday", "last month", date_source="inferred"))
    )
    assert "[“Tuesday”: about 11 March 2025; “last month”: about March 2025]" == shown.splitlines()[1]


def test_only_words_that_are_shown():
    """What was cut from a further quote is not explained."""
    text = "On Tuesday they met" + " and met" * 40 + " last month."
    shown = TEXT.reply(answered(quote(), dated_quote(text, "Tuesday", "last month")))
    assert "[“Tuesday”: 11 March 2025]" in shown.splitlines()


@pytest.mark.parametrize(
    ("first", "last", "asked", "expected"),
    [
        ("2025-03-10", "2025-03-16", {}, "looked at: 10–16 March 2025"),
        ("0001-01-01", "2025-03-16", {}, "looked at: until 16 March 2025"),
        ("2025-03-10", "9999-12-31", {}, "looked at: from 10 March 2025 on"),
        ("0001-01-01", "2025-08-15", {"event": "before the vote"}, "looked at: before the vote (15 August 2025)"),
        ("2025-08-15", "9999-12-31", {"event": "after the vote"}, "looked at: after the vote (15 August 2025)"),
        ("2025-08-15", "2025-08-15", {"event": "during the vote"}, "looked at: during the vote (15 August 2025)"),
    ],
)
def test_days_looked_at(first, last, asked, expected):
    """Which days were looked at stands below, with an answer and without one; not where the question says it itself."""
    dates = DateRange(date.fromisoformat(first), date.fromisoformat(last))
    assert expected == TEXT.reply(answered(quote(), dates=dates, **asked)).splitlines()[-1]
    assert expected == TEXT.reply(not_found(dates=dates, **asked)).splitlines()[-1]
    assert "looked at" not in TEXT.reply(answered(quote(), dates=dates, stated=True))


@pytest.mark.parametrize(("undated", "expected"), [(1, "1 undated article was"), (2, "2 undated articles were")])
def test_undated_articles(undated, expected):
    """How many articles were left out for want of a date is told, if any were."""
    for reply in (answered(quote()), not_found()):
        left_out = replace(reply, answer=replace(reply.answer, undated=undated))
        assert f"{expected} not looked at." == TEXT.reply(left_out).splitlines()[-1]
        assert "undated" not in TEXT.reply(reply)


def test_tagged():
    """Words come with the tags around them."""
    assert tagged("a <blockquote>b<b>&amp;</b></blockquote>") == [
        ("a ", ()),
        ("b", ("blockquote",)),
        ("&", ("blockquote", "b")),
    ]
