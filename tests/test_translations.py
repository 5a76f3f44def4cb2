import re
from collections import Counter
from datetime import date

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment

from bot import catalogs
from bot.catalogs import TRANSLATED, extracted, forms, path, read, translations, untranslated, updated, written
from bot.conversation import is_more
from bot.languages import LANGUAGES, PROMPTS, counted, in_words, nearest
from bot.pages import Context, Latest, Page, Timeline
from bot.rendering import Renderer
from bot.state.people import Forgotten
from retrieval import Article, DateRange, Lead, LeftOut, Question, Quote, Span, SyncReport
from retrieval.languages import known

EACH = pytest.mark.parametrize("language", LANGUAGES)
EACH_TRANSLATED = pytest.mark.parametrize("language", TRANSLATED)
KEEPERS = {
    *("articles", "comparison", "confidence", "error", "evaluation", "explanation", "feedback", "health", "index"),
    *("no_token", "notice", "progress", "reliability", "stats", "status", "unanswered", "set_aside"),
    *("backup", "restored"),
    *("help_terminal", "hint_context", "no_quote"),
}
"""What only the archive's keeper reads, or who sits at the terminal, stays in English."""
COMMANDS = {
    *("start", "help", "ask", "sources", "latest", "timeline", "article", "language", "forget", "about"),
    *("more", "context", "open", "quit"),
}
"""What one types is the same in every language."""

ARTICLE = Article(
    "001.txt", "Talks on Tuesday", "stated", date(2025, 8, 19), "inferred", "", "", "Before. It rained. After."
)
CATALOGUED = Article(
    "002.txt", "", "unknown", date(2025, 3, 1), "catalog", "UNN", "https://example.org/2", "It rained."
)
UNDATED = Article("003.txt", "Talks", "stated", None, "unknown", "", "", "It rained.")
DAY, MONTH = (DateRange(date(2025, 3, 1), date(2025, 3, last)) for last in (1, 31))
QUOTE = Quote(
    ARTICLE, Span(8, 18), "It rained.", (Span(11, 17),), also=(CATALOGUED,) * 4, dates=((Span(8, 10), DAY),) * 2
)
OTHER = Quote(CATALOGUED, Span(0, 10), "It rained.", also=(UNDATED,), dates=((Span(0, 2), DAY), (Span(3, 9), MONTH)))
REASONS = (
    *("suffix", "empty", "too_large", "binary", "unreadable", "outside", "copy", "front_matter", "no_text"),
    *("no_article", "no_layer", "password", "broken_off", "not_utf8", "not_lines", "not_json", "id_twice", "field"),
)
LEFT_OUT = tuple(LeftOut(f"a{end}", reason) for reason in REASONS for end in (".txt", ".pdf", ".html"))
PERIODS = (
    DAY,
    MONTH,
    DateRange(date(1, 1, 1), date(2025, 3, 1)),
    DateRange(date(2025, 3, 1), date(9999, 12, 31)),
)


def asked(kind="thing", **known):
    return Question("who?", ("who",), kind, about="rain", corrections=(("rian", "rain"),), **known)


def said(**values):
    return {"quotes": (QUOTE, OTHER), "differing": False, "undated": 0, "question": asked()} | values


def filed(total):
    """What the pages are told about a collection of so many articles."""
    reasons = tuple(Counter(one.reason for one in LEFT_OUT).items())
    listed = [ARTICLE, CATALOGUED, UNDATED][:total]
    report = SyncReport(left_out=LEFT_OUT, reasons=reasons)
    return {
        "total": total,
        "first": next(iter(listed), None),
        "latest": listed,
        "report": report,
        "opening": "Who is Ada?" if total == 2 else "",
        "languages": ("en", "fr") if total == 2 else ("pl",),
    }


def page(article):
    return Page(article, 3, "It rained.", "It rained.")


FILED = [filed(total) for total in (0, 1, 2, 5, 12_500)]
CHAT = {
    "private": [{"number": 7}],
    "about": [{"days": days, "number": number} for days in (1, 30) for number in (None, 7)],
    "answer": [said(), *(said(differing=True, question=asked(kind)) for kind in ("thing", "count"))]
    + [said(quotes=(OTHER, OTHER), differing=True, question=asked(kind)) for kind in ("thing", "count")]
    + [said(question=asked(dates=days), undated=number) for number, days in enumerate(PERIODS)]
    + [said(question=asked(dates=DAY, event="during the vote"))],
    "article": [{"page": page(article)} for article in (ARTICLE, CATALOGUED, UNDATED)],
    "asked": [{"question": "who?"}],
    "because": [{"file": one} for one in LEFT_OUT],
    "buttons": [
        {"button": button, "number": number, "article": ARTICLE}
        for button in ("context", "more", "article", "previous", "following", "back", "good", "bad", "link", "title")
        for number in (None, 2)
    ]
    + [{"button": button} for button in ("ask_in_private", "not_found")],
    "card": [{"article": UNDATED, "quote": None, "page": page(UNDATED)}, {"article": ARTICLE, "quote": QUOTE}],
    "commands": [{"menu": menu} for menu in ("private", "groups")],
    "context": [
        {"context": Context(QUOTE, 1, last, 3, "Rain", (("It rained.", True),), cut, cut)}
        for last, cut in ((1, False), (2, True))
    ],
    "forgotten": [{"forgotten": Forgotten(number, number)} for number in (0, 1, 2, 5)],
    "help": FILED,
    "latest": [{"latest": Latest(words, pages)} for words in ("", "rain") for pages in ((), (page(ARTICLE),))],
    "more": [said()],
    "no_more": [{"status": status} for status in ("answered", "not_found")],
    "not_found": [said(closest=closest, undated=21, languages=()) for closest in (None, QUOTE)]
    + [said(closest=None, languages=languages) for languages in (("el",), ("en", "fr"))],
    "smalltalk": [{"question": Question("hi", smalltalk=kind)} for kind in ("greeting", "thanks", "farewell", "self")],
    "opening": [{"article": ARTICLE}],
    "sources": FILED,
    "start": FILED,
    "suggestions": [
        {"lead": Lead(kind, "Ada", about)} for kind in ("speaker", "person", "figure", "name") for about in ("", "rain")
    ],
    "timeline": [
        {"timeline": timeline}
        for timeline in (
            None,
            Timeline("rain", (), 1),
            Timeline("rain", ((date(2025, 3, 1), QUOTE), (date(2025, 3, 2), OTHER)), 5),
        )
    ],
    "unclear": [
        {"example": example, "languages": languages} for example in (None, ARTICLE) for languages in ((), ("el",))
    ],
    "voted": [{"vote": vote} for vote in ("good", "bad")],
    "which_article": [{"found": found, "words": words} for found in ((), (ARTICLE,)) for words in ("", "rain")],
}
"""For each template of the chat that needs values, some that lead through all of it."""
MACROS = {"citation", "left_out"}
NAMES = sorted(file.name.removesuffix(".html.j2") for file in PROMPTS.glob("*.html.j2"))


def faults(message):
    """What is wrong with a translation, in a word each."""
    plural = not isinstance(message.id, str)
    original = message.id[1] if plural else message.id
    found = {"fuzzy"} if message.fuzzy else set()
    for form in forms(message):
        if not form.strip():
            found.add("untranslated")
        elif marks(form) != marks(original):
            found.add("marks")
        elif form[-1:].isspace() != original[-1:].isspace():
            found.add("space")
    return found


def marks(sentence):
    """What a translation holds just as the original does: placeholders, tags, commands, settings, quote marks."""
    return Counter(re.findall(r"%\(\w+\)s|%(?!\()|</?\w+[^>]*>|(?<!\w)/\w+|\b[A-Z]+_[A-Z_]+\b|[❝❞…]", sentence))


@EACH_TRANSLATED
def test_translations_are_whole(language):
    """Every sentence is translated, in each plural form, with its placeholders and tags; nothing is doubtful."""
    catalog = read(language)
    assert {} == {str(one.id): found for one in catalog if one.id and (found := faults(one))}
    assert {len(forms(one)) for one in catalog if one.id and one.pluralizable} == {catalog.num_plurals}
    assert [] == untranslated(catalog)


@EACH_TRANSLATED
def test_catalogs_follow_the_templates(language):
    """A catalog holds the sentences of the templates, as `make translations` writes them, and no others."""
    assert written(updated(read(language), extracted())).decode() == path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("sentence", "translation", "flags", "expected"),
    [
        ("%(days)s days", "%(days)s jours", (), set()),
        ("%(days)s days", "", (), {"untranslated"}),
        ("%(days)s days", "%(days)s jours", ("fuzzy",), {"fuzzy"}),
        ("%(days)s days", "%(jours)s jours", (), {"marks"}),
        ("%(days)s days", "jours", (), {"marks"}),
        ("%(days)s days", "%(days)s, %(days)s", (), {"marks"}),
        ("all", "tout 100 %", (), {"marks"}),
        ("a <b>word</b>", "un <b>mot", (), {"marks"}),
        ("a word", "un <i>mot</i>", (), {"marks"}),
        ("see /help", "voir /aide", (), {"marks"}),
        ("the folder DATELINE_CORPUS", "le dossier", (), {"marks"}),
        ("; ", ";", (), {"space"}),
        (("%(n)s day", "%(n)s days"), ("%(n)s jour", "%(n)s jours"), (), set()),
        (("%(n)s day", "%(n)s days"), ("un jour", "%(n)s jours"), (), {"marks"}),
        (("%(n)s day", "%(n)s days"), ("%(n)s jour", ""), (), {"untranslated"}),
    ],
)
def test_faults_are_found(sentence, translation, flags, expected):
    """What a translation lacks, has too much or leaves in doubt is found."""
    assert expected == faults(Message(sentence, translation, flags=flags))


def test_bringing_up_to_date(tmp_path, capsys):
    """What is translated stays, what is new is listed, what is gone goes, and nothing is guessed; twice is as once."""
    (tmp_path / "a.html.j2").write_text(
        "{% trans %}Good\n day{% endtrans %}{% trans %}Good days{% endtrans %}"
        "{% trans count=n %}{{ count }} day{% pluralize %}{{ count }} days{% endtrans %}",
        encoding="utf-8",
    )
    before = Catalog("fr")
    before.add("Good day", "Bonjour")
    before.add("%(count)s day", "%(count)s jour")
    before.add("Good nights", "Bonnes nuits")
    path("fr", tmp_path).parent.mkdir(parents=True)
    path("fr", tmp_path).write_bytes(written(before) + b'#~ msgid "Old"\n#~ msgstr "Vieux"\n')
    catalogs.main(tmp_path)
    assert ["fr: Good days", "fr: %(count)s day"] == [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("fr")
    ]
    after = read("fr", tmp_path)
    assert [("Good day", "Bonjour"), ("Good days", ""), (("%(count)s day", "%(count)s days"), ("", ""))] == [
        (one.id, one.string) for one in after if one.id
    ]
    kept = path("fr", tmp_path).read_bytes()
    assert b"Old" not in kept
    assert str(tmp_path).encode() not in kept
    catalogs.main(tmp_path)
    assert kept == path("fr", tmp_path).read_bytes()


def test_doubtful_translations_stay_doubtful():
    """A translation that is marked as doubtful is listed, and not used, until somebody takes the mark away."""
    doubtful, template = Catalog("fr"), Catalog()
    doubtful.add("Good day", "Bonjour", flags=["fuzzy"])
    template.add("Good day")
    assert ["Good day"] == untranslated(updated(doubtful, template))


@pytest.mark.parametrize("name", sorted(set(NAMES) - KEEPERS))
def test_nothing_is_left_to_translate(name):
    """Where people read there are no words but those that are marked to be translated."""
    words, inside = [], False
    for _, kind, value in Environment(extensions=["jinja2.ext.i18n"]).lex(
        (PROMPTS / f"{name}.html.j2").read_text(encoding="utf-8")
    ):
        inside = value == "trans" or (inside and value != "endtrans") if kind == "name" else inside
        words += re.findall(r"\w+", re.sub(r"</?\w+[^>]*>?", "", value)) if kind == "data" and not inside else []
    keepers_menu = {"stats", "status", "reindex", "unanswered"}
    if name == "commands":
        assert keepers_menu <= {*words}
        words = words[: words.index("stats")]
    assert [] == [word for word in words if word not in COMMANDS and word != "expandable"]


@EACH
@pytest.mark.parametrize("name", sorted({*NAMES} - KEEPERS - MACROS))
def test_every_template_in_every_language(name, language):
    """Each message of the chat is said in each language, and where it has sentences they are not English ones."""
    in_english, told = (said_by(name, code) for code in ("en", language))
    assert all(told)
    assert not any(re.search(r"%[(\w]|\n\n\n", one) for one in told)
    has_sentences = "trans" in (PROMPTS / f"{name}.html.j2").read_text(encoding="utf-8")
    assert (language != "en" and has_sentences) <= (in_english != told)


def said_by(name, language):
    """All that a template says in a language, with the values that are kept for it."""
    renderers = [Renderer(form, sign, language) for form in ("html", "text") for sign in ("/", ":", "")]
    return [one.render(name, **values) for one in renderers for values in CHAT.get(name, [{}])]


@EACH
def test_examples_work(language):
    """What the help tells to write in the reader's own language is understood: a question that goes on, and "more"."""
    own = Renderer("text", language=language).render("help", **filed(2) | {"languages": ("en", language)})
    other = Renderer("text", language=language).render("help", **filed(2) | {"languages": ("pl",)})
    (follows, more), (in_english, again) = map(examples, (own, other))
    assert is_more(more)
    assert more == again
    assert "And when?" == in_english
    first = re.findall(r"\w+", follows.lower())[0]
    assert first in known()[language].openers if language != "en" else follows == in_english


def examples(told):
    """The two things in quotation marks that the help says one can write after an answer."""
    line = next(line for line in told.splitlines() if is_about_more(line))
    return re.findall(r"[“„«]\s?(.+?)\s?[”“»]", line)


def is_about_more(line):
    return any(is_more(quoted.strip()) for quoted in re.findall(r"[“„«](.+?)[”“»]", line))


@EACH
def test_languages_are_named(language):
    """Who asks in a language that no article is in is told, in their own, what languages the articles are in."""
    told = said_by("not_found", language)
    names = {"en": "Greek", "uk": "грецька", "fr": "grec", "de": "Griechisch", "es": "griego", "el": "Ελληνικά"}
    assert any(f"{names[language]}." in one for one in told)


@EACH
def test_titles_and_quotes_stay(language):
    """What comes from an article is not translated, and markup in it stays text."""
    odd = Article(
        "1.txt", "undated <b>%(day)s", "stated", date(2025, 8, 19), "inferred", "empty %s", "", "help & 100 %"
    )
    quote = Quote(odd, Span(0, 12), "help & 100 %", dates=((Span(0, 4), DAY),), also=(odd,) * 3)
    told = Renderer("text", language=language).render("answer", **said(quotes=(quote,)))
    assert told.startswith("❝help & 100 %❞\n[")
    assert 3 == told.count("undated <b>%(day)s, empty %s, ")
    assert "<b>" not in Renderer("html", language=language).render("answer", **said(quotes=(quote,)))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *(("uk", "uk"), ("fr-CA", "fr"), ("en-GB", "en"), ("de_AT", "de"), ("EL", "el"), ("es-419", "es")),
        *(("pt-br", "en"), ("ukr", "en"), ("", "en"), (None, "en"), ("-", "en")),
    ],
)
def test_nearest(code, expected):
    """Somebody is spoken to in their language where the bot has it, whatever their region, and else in English."""
    assert expected == nearest(code)
    assert Renderer("text", language=code).render("failed") == Renderer("text", language=expected).render("failed")


def days(first, last=""):
    return DateRange(date.fromisoformat(first), date.fromisoformat(last or first))


DATES = {
    "en": """19 August 2025|1 March 2025|11–14 March 2025|28 February – 3 March 2025|30 December 2024 – 5 January 2025
        |March 2025|2025|12,500""",
    "uk": """19 серпня 2025 р.|1 березня 2025 р.|11–14 березня 2025 р.|28 лютого – 3 березня 2025 р.
        |30 грудня 2024 – 5 січня 2025 рр.|березень 2025 р.|2025|12 500""",
    "fr": """19 août 2025|1er mars 2025|11–14 mars 2025|28 février – 3 mars 2025|30 décembre 2024 – 5 janvier 2025
        |mars 2025|2025|12 500""",
    "de": """19. August 2025|1. März 2025|11.–14. März 2025|28. Februar – 3. März 2025
        |30. Dezember 2024 – 5. Januar 2025|März 2025|2025|12.500""",
    "es": """19 de agosto de 2025|1 de marzo de 2025|11–14 de marzo de 2025|28 de febrero – 3 de marzo de 2025
        |30 de diciembre de 2024 – 5 de enero de 2025|marzo de 2025|2025|12.500""",
    "el": """19 Αυγούστου 2025|1 Μαρτίου 2025|11–14 Μαρτίου 2025|28 Φεβρουαρίου – 3 Μαρτίου 2025
        |30 Δεκεμβρίου 2024 – 5 Ιανουαρίου 2025|Μάρτιος 2025|2025|12.500""",
}


@EACH
def test_days_and_numbers(language):
    """Days and numbers are written as the language does, the months whole."""
    spans = (
        date(2025, 8, 19),
        days("2025-03-01"),
        days("2025-03-11", "2025-03-14"),
        days("2025-02-28", "2025-03-03"),
        days("2024-12-30", "2025-01-05"),
        days("2025-03-01", "2025-03-31"),
        days("2025-01-01", "2025-12-31"),
    )
    told = [*(in_words(span, language) for span in spans), counted(12_500, language)]
    assert re.split(r"\s*\|", DATES[language]) == [re.sub(r"\s", " ", one) for one in told]


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "and 1 older one"),
        ("en", 2, "and 2 older ones"),
        ("uk", 1, "і ще 1 давніша"),
        ("uk", 2, "і ще 2 давніші"),
        ("uk", 5, "і ще 5 давніших"),
        ("uk", 11, "і ще 11 давніших"),
        ("uk", 21, "і ще 21 давніша"),
        ("uk", 1_022, "і ще 1 022 давніші"),
        ("fr", 1, "et 1 plus ancien"),
        ("fr", 1_000, "et 1 000 plus anciens"),
        ("de", 1, "und 1 älterer"),
        ("de", 2, "und 2 ältere"),
        ("es", 1, "y 1 más antiguo"),
        ("es", 2, "y 2 más antiguos"),
        ("el", 1, "και 1 παλαιότερο"),
        ("el", 2, "και 2 παλαιότερα"),
    ],
)
def test_plurals(language, number, expected):
    """What is counted stands in the form that the language has for that number."""
    listing = Renderer("text", language=language).render("sources", **filed(2) | {"total": 2 + number})
    assert expected in re.sub("[^\\S\n]", " ", listing).splitlines()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "“It”: about 1 March 2025|about 19 August 2025 (worked out from the text)|undated"),
        ("uk", "«It»: приблизно 1 березня 2025 р.|приблизно 19 серпня 2025 р. (визначено за текстом)|без дати"),
        ("fr", "« It » : env. 1er mars 2025|vers le 19 août 2025 (déduit du texte)|sans date"),
        ("de", "„It“: etwa 1. März 2025|etwa 19. August 2025 (aus dem Text erschlossen)|ohne Datum"),
        ("es", "«It»: aprox. 1 de marzo de 2025|hacia el 19 de agosto de 2025 (deducido del texto)|sin fecha"),
        ("el", "«It»: περίπου 1 Μαρτίου 2025|περίπου 19 Αυγούστου 2025 (συνάγεται από το κείμενο)|χωρίς ημερομηνία"),
    ],
)
def test_how_a_date_is_known(language, expected):
    """How well a date is known is said in the language, the words that it explains as they stand."""
    told = Renderer("text", language=language).render("more", **said(quotes=(QUOTE, OTHER)))
    shown = re.sub("[^\\S\n]", " ", told)
    assert [] == [part for part in expected.split("|") if part not in shown]


def test_lists_in_greek():
    """A Greek list is parted by a point above the line: a semicolon would ask."""
    told = Renderer("text", language="el").render("more", **said(quotes=(OTHER,)))
    assert "[«It»: 1 Μαρτίου 2025· «rained»: Μάρτιος 2025]" in told


@EACH
@pytest.mark.parametrize(
    ("name", "limit"),
    [
        *(("expired", 200), ("gone", 200), ("voted", 200)),
    ],
)
def test_telegram_limits(name, limit, language):
    """What Telegram sets a length for keeps to it: profiles, what a pressed button says, and what stands on it."""
    told = [Renderer("text", language=language).render(name, **values) for values in CHAT.get(name, [{}])]
    assert all(0 < len(one) <= limit for one in told)


@EACH
@pytest.mark.parametrize("values", CHAT["buttons"])
def test_buttons_are_short(language, values):
    """A phone shows what stands on a button."""
    label = Renderer("text", language=language).render("buttons", **values)
    assert 0 < len(label) <= (64 if values["button"] == "not_found" else 60 if values["button"] == "article" else 30)


@EACH
@pytest.mark.parametrize("menu", ["private", "groups", "operators"])
def test_menus(language, menu):
    """Commands have the same names in every language, and each has a description that a menu shows whole."""
    menus = [Renderer("text", language=code).render("commands", menu=menu).splitlines() for code in ("en", language)]
    english, told = ([line.partition(" - ") for line in lines if line] for lines in menus)
    assert [name for name, _, _ in english] == [name for name, _, _ in told]
    assert all(re.fullmatch("[a-z]{1,32}", name) and 0 < len(about) <= 256 for name, _, about in told)


@EACH_TRANSLATED
def test_own_name(language):
    """A language is told as chosen in itself, and its catalog says that it is in it."""
    assert LANGUAGES[language][:4].lower() in Renderer("text", language=language).render("language_chosen").lower()
    assert translations(language).info()["language"] == language
