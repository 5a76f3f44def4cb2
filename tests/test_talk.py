import pytest

from bot.app import desk
from bot.pages import Engine
from bot.rendering import plain
from bot.settings import load
from bot.talk import Chat
from retrieval import IndexAway

OPENED = "Who opened the bridge?"
LEADS = "Who leads the coalition of the willing?"


@pytest.fixture
def talk(unset, bridges):
    with desk(load(corpus=bridges)) as opened:
        yield Chat(opened, hints=True)


@pytest.fixture
def seeds_talk(unset):
    with desk(load()) as opened:
        yield Chat(opened, hints=True)


def test_commands(talk):
    """Commands begin with a colon or, as on Telegram, with a slash; an unknown one gets the help."""
    for page in ("help", "sources", "start", "latest", "timeline", "article"):
        assert talk.respond(f":{page}") == talk.respond(f" /{page.upper()} ")
    assert talk.respond(":help") == talk.respond(":unknown") == talk.respond(":help me")
    assert talk.greet() == talk.respond(":start")
    assert all(f":{name}" in talk.respond(":help") for name in ("quit", "context", "next", "timeline", "latest"))


def test_words_after_an_unknown_command(talk):
    """What only begins like a command is a question."""
    assert talk.respond(f"/well {OPENED}").count("<blockquote>") == talk.respond(OPENED).count("<blockquote>") > 0


@pytest.mark.parametrize("line", [":quit", "/quit", ":q", " :exit ", "quit", "EXIT"])
def test_leaving(talk, line):
    """These end the chat."""
    assert talk.respond(line) is None


def test_more(talk):
    """The reply says that there is more, and :more shows it."""
    assert ":more" in talk.respond(OPENED)
    more = talk.respond(":more")
    assert more.count("<blockquote>") == 2
    assert "There is more" not in more
    talk.respond(OPENED)
    assert talk.respond("more") == more


def test_numbers(talk):
    """Several quotes are numbered, and what :more shows goes on from there; a single one has no number."""
    first, more = talk.respond(OPENED), talk.respond(":more")
    for number, reply in ((1, first), (2, first), (3, first), (4, more), (5, more)):
        assert f"<blockquote><code>{number}</code>❝" in reply
    single = talk.respond("What did the mayor Rojas open in Lima?")
    assert ("<code>" in single) == (single.count("<blockquote>") > 1)


def test_no_numbers_without_hints(unset, bridges):
    """Where nobody sits, nothing is numbered, and nothing said about more."""
    with desk(load(corpus=bridges)) as opened:
        reply = Chat(opened).respond(OPENED)
    assert "<code>" not in reply
    assert ":more" not in reply


def test_context(seeds_talk):
    """The passage of each quote can be seen, without a number that of the first; the quote in it is in bold."""
    reply = seeds_talk.respond(LEADS)
    second = plain(reply.split("<code>2</code>❝")[1].split("…❞")[0])
    passage = seeds_talk.respond(":context 2")
    assert f"<b>{second}" in passage.replace("&#39;", "'")
    assert "Passage 1 of 5" in passage
    assert passage.endswith("<i>Read on: :next</i>")
    assert "Passage 4 of 10" in seeds_talk.respond(":context")
    assert seeds_talk.respond(":context") == seeds_talk.respond("/context 1")


def test_context_of_more(seeds_talk):
    """The quotes that :more showed have numbers, and passages, as well."""
    seeds_talk.respond(LEADS)
    assert "quotes 1 to 3" in seeds_talk.respond(":context 4")
    seeds_talk.respond(":more")
    assert "Passage 2 of 10" in seeds_talk.respond(":context 4")


def test_reading_on(seeds_talk):
    """:next and :previous go through the article from the passage that was shown last, and say where it ends."""
    seeds_talk.respond(LEADS)
    first = seeds_talk.respond(":context 2")
    second = seeds_talk.respond(":next")
    assert "Passage 2 of 5" in second
    assert "Read on: :previous or :next" in second
    assert "Passage 3 of 5" in seeds_talk.respond(":context 2 next")
    assert second == seeds_talk.respond(":context 2 PREVIOUS")
    assert seeds_talk.respond(":previous") == first
    assert "nothing more before" in seeds_talk.respond(":previous")
    assert "Passage 3 of 10" in seeds_talk.respond(":context 1 previous")
    for _ in range(7):
        last = seeds_talk.respond(":next")
    assert "Passage 10 of 10" in last
    assert last.endswith("Read on: :previous</i>")
    assert "nothing more after" in seeds_talk.respond(":next")


@pytest.mark.parametrize("words", ["7", "0", "two", "2 3", "1 sideways", "99999999", "<b>"])
def test_wrong_number(seeds_talk, words):
    """What is the number of no quote gets one line that says which there are."""
    assert "no quote to show in its passage" in seeds_talk.respond(f":context {words}")
    seeds_talk.respond(LEADS)
    told = seeds_talk.respond(f":context {words}")
    assert "quotes 1 to 3" in told
    assert "\n" not in told


def test_single_quote(seeds_talk):
    """Where there is one quote, it needs no number."""
    seeds_talk.respond("Where does Macron propose to meet?")
    assert "the answer has one" in seeds_talk.respond(":context 2")
    assert "<b>" in seeds_talk.respond(":context 1")


def test_new_answer(seeds_talk):
    """A new answer has its own numbers, one that is not found has none, and small talk changes nothing."""
    seeds_talk.respond(LEADS)
    seeds_talk.respond(":context 2")
    seeds_talk.respond("thanks")
    assert "Passage 1 of 5" in seeds_talk.respond(":context 2")
    seeds_talk.respond("Xyzzy?")
    assert "no quote to show in its passage" in seeds_talk.respond(":next")


def test_closest(unset, bridges, monkeypatch):
    """What comes closest to an answer has a passage, and no number."""
    monkeypatch.setenv("DATELINE_THRESHOLD", "1")
    with desk(load(corpus=bridges)) as opened:
        talk = Chat(opened, hints=True)
        reply = talk.respond(OPENED)
        assert "The closest they come" in reply
        assert "<code>" not in reply
        assert "Passage 1 of 1" in talk.respond(":context")


def test_differing(seeds_talk):
    """Quotes that differ have their numbers in the order in which they are shown, the oldest first."""
    reply = seeds_talk.respond("how many countries are in the coalition of the willing")
    assert "oldest first" in reply
    first = reply.split("<code>1</code>❝")[1].split("❞")[0]
    assert plain(first).rstrip("…")[:40] in plain(seeds_talk.respond(":context 1"))


def test_gone(unset, bridges):
    """When an article is gone, so is its passage, and that is said."""
    with desk(load(corpus=bridges)) as opened:
        talk = Chat(opened)
        talk.respond(OPENED)
        name = talk._quotes[0].article.id
        (bridges / name).unlink()
        opened.run(opened.engine._library.refresh())
        assert "no longer on file" in talk.respond(":context")
        assert "no longer on file" in talk.respond(":next")


def test_article(seeds_talk):
    """An article is shown by its number in :sources, or words of its title; where several fit, they are listed."""
    assert "2. [UK and France design a military mission" in seeds_talk.respond(":sources")
    assert "[UK and France design a military mission" in seeds_talk.respond(":article 2")
    several = seeds_talk.respond(":article leaders")
    assert several.count("\n• ") == 2
    assert "no such article on file. :sources lists them; behind :article" in seeds_talk.respond(":article 77")
    assert "Which article? Behind :article" in seeds_talk.respond(":article")


def test_latest_and_timeline(seeds_talk):
    """The newest articles and dated quotes can be asked for on words."""
    assert seeds_talk.respond(":latest").count("•") == 5
    assert seeds_talk.respond(":latest Geneva").count("•") == 1
    assert "<b>13 March 2025</b>" in seeds_talk.respond(":timeline Keir Starmer")
    assert "Write what the timeline should be about" in seeds_talk.respond(":timeline")


def test_odd_characters(talk):
    """Halves of a character in a command's words do no harm."""
    for name in ("latest", "timeline", "article", "context"):
        assert talk.respond(f":{name} \ud800")


def test_away(seeds_talk, monkeypatch):
    """Where the index can't be reached, a command says so."""

    async def away(*_):
        raise IndexAway("http://localhost:9200", "refused")

    monkeypatch.setattr(Engine, "newest_on", away)
    assert "<" not in seeds_talk.respond(":latest")
    assert "newest" not in seeds_talk.respond(":latest")
