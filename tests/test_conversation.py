import pytest

from bot.conversation import FIRST_QUOTES, LIKELY, Conversations, Reply, is_more
from retrieval import Answer, Engine, EngineSettings, Question, Quote, Span

QUESTION = "Who opened the bridge?"


@pytest.fixture
async def engine(bridges):
    async with Engine.open(EngineSettings(bridges)) as opened:
        yield opened


async def test_answers_and_remembers(engine):
    """A chat's question is answered as after its last answer; another chat knows nothing of it."""
    conversations = Conversations(engine)
    first = await conversations.ask("a", QUESTION)
    assert first.answer.status == "answered"
    follow_up = await conversations.ask("a", "And when?")
    assert follow_up.answer == await engine.ask("And when?", first.answer)
    elsewhere = await conversations.ask("b", "And when?")
    assert elsewhere.answer == await engine.ask("And when?")


async def test_more_once(engine):
    """ "More" shows the further quotes of the last answer, once."""
    conversations = Conversations(engine)
    first = await conversations.ask("a", QUESTION)
    assert first.has_more
    more = await conversations.ask("a", "More, please!")
    assert (more.part, first.quotes + more.quotes) == ("more", first.answer.quotes)
    assert not more.has_more
    no_more = await conversations.ask("a", "more")
    assert (no_more.part, no_more.quotes) == ("no_more", ())


async def test_more_of_nothing(engine):
    """ "More" without an answer before is a question like any other."""
    reply = await Conversations(engine).ask("a", "more")
    assert reply.part == "answer"


async def test_smalltalk_leaves_the_memory(engine):
    """Thanks in between do not change what "more" means."""
    conversations = Conversations(engine)
    await conversations.ask("a", QUESTION)
    thanks = await conversations.ask("a", "Thank you")
    assert thanks.answer.status == "smalltalk"
    assert (await conversations.ask("a", "more")).part == "more"


async def test_forget(engine):
    """A chat that is forgotten starts anew; to forget an unknown one is nothing."""
    conversations = Conversations(engine)
    await conversations.ask("a", QUESTION)
    conversations.forget("a")
    conversations.forget("b")
    assert (await conversations.ask("a", "more")).part == "answer"


async def test_no_chat_no_memory(engine):
    """A question outside of a chat leaves nothing behind."""
    conversations = Conversations(engine)
    await conversations.ask(None, QUESTION)
    assert (await conversations.ask(None, "more")).part == "answer"


async def test_only_the_latest_chats(engine):
    """Beyond the limit the chat that was silent longest is forgotten."""
    conversations = Conversations(engine, limit=2)
    for chat in ("a", "b", "a", "c"):
        await conversations.ask(chat, QUESTION)
    parts = [(await conversations.ask(chat, "more")).part for chat in ("a", "c", "b")]
    assert parts == ["more", "more", "answer"]


async def test_empty_corpus(tmp_path):
    """Without articles the reply is that there are none, but a greeting is returned."""
    async with Engine.open(EngineSettings(tmp_path)) as engine:
        conversations = Conversations(engine)
        assert (await conversations.ask("a", QUESTION)).part == "empty_corpus"
        assert (await conversations.ask("a", "Hello")).part == "answer"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Qui a ouvert le pont de Cádiz ?", True),
        ("Хто відкрив міст?", True),
        ("Who opened the mill in Cairo?", False),
        ("Xyzzy Qwerty", False),
        ("Міст", False),
        ("Merci", False),
    ],
)
async def test_another_language(engine, text, told):
    """Who asks plainly in a language that no article is in, and is not answered, is told those of the articles."""
    reply = await Conversations(engine).ask("a", text)
    assert (("en",) if told else ()) == reply.languages


async def test_example(engine):
    """A reply comes with an article to make an example of, and the example is answered."""
    conversations = Conversations(engine)
    example = (await conversations.ask("a", "?")).example
    assert example is next(iter(engine.articles.values()))


def test_quotes_by_part():
    """The first reply has the first quotes, the next the others, and the last none."""
    answer = Answer(Question(""), "answered")
    assert [Reply(answer, part).quotes for part in ("answer", "more", "no_more")] == [(), (), ()]
    assert FIRST_QUOTES == 3


@pytest.mark.parametrize(
    "text",
    [
        "more",
        "More!",
        "more please",
        "Show me more.",
        "tell me more",
        "any more?",
        "and more",
        "what else?",
        "Yes, more",
        "Encore, s’il vous plaît !",
        "D'autres citations",
        "und mehr?",
        "Weitere Zitate bitte",
        "¿Y más?",
        "mas",
        "Ще цитати, будь ласка",
        "ещё",
        "ΠΕΡΙΣΣΟΤΕΡΑ",
        "più",
    ],
)
def test_more(text):
    """These ask for further quotes."""
    assert is_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "more troops",
        "more than 20",
        "what more did he say",
        "more " * 1000,
        "Moore",
        "plus de troupes",
        "S'il vous plaît",
        "et",
    ],
)
def test_not_more(text):
    """These do not."""
    assert not is_more(text)


@pytest.mark.parametrize(
    ("scores", "differing", "shown"),
    [
        ((9.0, 8.0, 7.0, 6.0), False, 3),
        ((9.0, 9.0 - LIKELY, 4.9, 4.8), False, 2),
        ((9.0, 1.0), False, 1),
        ((9.0, 1.0), True, 2),
        ((), False, 0),
    ],
)
async def test_likely_quotes_come_first(engine, scores, differing, shown):
    """The first reply shows at most three quotes and no unlikely one, but all that differ; "more" shows the others."""
    article = next(iter(engine.articles.values()))
    quotes = tuple(Quote(article, Span(0, 3), article.text[:3], score=score) for score in scores)
    answer = Answer(Question(QUESTION), "answered", 0.9, quotes, differing=differing)
    first, more = Reply(answer), Reply(answer, "more")
    assert (quotes[:shown], quotes[shown:]) == (first.quotes, more.quotes)
    assert first.has_more is bool(more.quotes)
