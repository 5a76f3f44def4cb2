"""Which kind of answer a question expects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import kinds
from retrieval.analysis import term_of

ODD = st.lists(
    st.sampled_from(
        ["what ", "how ", "many ", "did ", "is ", "said ", "who", "number of ", "according to ", "Ann ", "’s "]
    )
    | st.sampled_from(
        ["12", ",", ".", "one ", "half-", "years ", "$", "%", "“", "‘", "’", '"', "(", "\n", "é", "\0", "in "]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who leads the coalition?", "person"),
        ("whos the german chancellor", "person"),
        ("Whose idea was it?", "person"),
        ("to whom did he speak", "person"),
        ("Which French president hosted the talks?", "person"),
        ("what minister resigned", "person"),
        ("Where did they meet?", "place"),
        ("wheres the summit", "place"),
        ("Which city was proposed?", "place"),
        ("what is the capital of Peru", "place"),
        ("When did it start?", "time"),
        ("whens the next meeting", "time"),
        ("In which year was it built?", "time"),
        ("What was the date of the call?", "time"),
        ("How long did it last?", "duration"),
        ("how many weeks did it take", "duration"),
        ("How old is she?", "age"),
        ("how many countries take part", "count"),
        ("What is the total number of allies?", "count"),
        ("the number of allies", "count"),
        ("How much did it cost?", "money"),
        ("What share of revenues do they want?", "share"),
        ("what was the price of peace", "money"),
        ("Why did it fail?", "reason"),
        ("how come it failed", "reason"),
        ("What was the reason for it?", "reason"),
        ("What did Trump say about Putin?", "statement"),
        ("How does Macron describe the deal?", "statement"),
        ("what’s he saying now", "statement"),
        ("What was announced on Monday?", "statement"),
        ("Did he come?", "yes_no"),
        ("and is it over", "yes_no"),
        ("Which podcast was it?", "thing"),
        ("How many dollars did it cost", "money"),
        ("what is her net worth in 2015", "money"),
        ("What percentage of the vote did they win?", "share"),
        ("how much of the city burned", "share"),
        ("How tall is the tower?", "measure"),
        ("how many square miles are land", "measure"),
        ("What is the average temperature of the sea?", "measure"),
        ("how long is the route in miles", "measure"),
        ("how much rain fell", "amount"),
        ("What was the population of the town?", "count"),
        ("Which company built the bridge?", "organisation"),
        ("which think tank is she from", "organisation"),
        ("Which TV channel interviewed him?", "organisation"),
        ("What city department runs the schools?", "organisation"),
        ("Which party did he join?", "organisation"),
        ("which city council voted", "organisation"),
        ("Which of these countries joined?", "place"),
        ("In which US city was it?", "place"),
        ("which parts of the world will pay", "place"),
        ("What was the name of the officer who found it?", "person"),
        ("What is his son named?", "person"),
        ("what was the name of her daughter", "person"),
        ("Who is Ann Berg?", "role"),
        ("who is berg", "role"),
        ("Who is President Berg?", "role"),
        ("What is Berg's job?", "role"),
        ("what does she do now", "role"),
        ("What role does Berg have?", "role"),
        ("what is Berg's position on the treaty", "statement"),
        ("whats chinas position on the treaty", "statement"),
        ("What is a reason why it fell?", "reason"),
        ("Geneva", "thing"),
        ("", "thing"),
    ],
)
def test_the_kind_asked_for(question, expected):
    """The asking words tell the kind, typed in full or without an apostrophe."""
    assert expected == kinds.expected(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Trump say when he met Macron?", "statement"),
        ("Who was president when Russia attacked?", "person"),
        ("Who hosted the meeting where it was agreed?", "person"),
        ("How many said why they came?", "count"),
        ("When the war began, who was president?", "person"),
        ("Where Russia attacked, in which year was it?", "time"),
        ("Do you know who leads it?", "person"),
        ("What happened when they met?", "thing"),
    ],
)
def test_the_first_asking_word_decides(question, expected):
    """What another asking word begins is a part of the question, not what it asks; nor is a setting before it."""
    assert expected == kinds.expected(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the state of the talks?", "thing"),
        ("what is the call about", "thing"),
        ("What was the demand?", "thing"),
        ("what is the so-called coalition", "thing"),
        ("What kind of people came?", "thing"),
        ("what language do they speak", "thing"),
        ("What allows people to see?", "thing"),
        ("What made old people come?", "thing"),
        ("What does AI stand for?", "thing"),
        ("What was the name of the first album?", "thing"),
        ("What is the school?", "thing"),
        ("What are people trained for?", "thing"),
        ("what did it do", "thing"),
        ("Which state song is it?", "thing"),
        ("Who is the president of Poland?", "person"),
        ("Who is running?", "person"),
        ("Who is responsible?", "person"),
        ("who was elected", "person"),
        ("Who is Berg's wife?", "person"),
        ("who are they", "person"),
        ("what did President Macron offer", "thing"),
        ("what is the year’s best film", "thing"),
        ("what is the state song of Ohio", "thing"),
        ("whoever", "thing"),
        ("somewhere whenever", "thing"),
    ],
)
def test_words_that_only_look_like_asking(question, expected):
    """A noun that is also a verb of saying, a title after an auxiliary, and parts of words tell no kind."""
    assert expected == kinds.expected(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Keir Starmer say about it?", "keir starmer "),
        ("how does macron describe him", "macron "),
        ("Why did it fail according to the French president?", "french president"),
        ("According to Macron, what did he say?", "macron"),
        ("what is Berg's position on the treaty", "berg"),
        ("whats chinas view of the treaty", "china"),
        ("What did the man who was told say?", "the man who was "),
        ("Who leads it?", ""),
        ("What is it?", ""),
    ],
)
def test_whose_words_are_asked_for(question, expected):
    """The speaker stands between auxiliary and verb, or after "according to"."""
    assert expected == kinds.speaker(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Ann Berg?", "Ann Berg"),
        ("whos ursula von der leyen", "ursula von der leyen"),
        ("Who was J. K. Lind?", "J. K. Lind"),
        ("Who is the mayor?", ""),
        ("Who is Berg's wife?", ""),
        ("Who is in the room?", ""),
        ("who leads it", ""),
    ],
)
def test_who_somebody_is(question, expected):
    """A bare name after "who is" asks who its bearer is."""
    assert expected == kinds.asks_who(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did he call it?", True),
        ("how was it described", True),
        ("What does he refer to?", True),
        ("What is the Brandenburg gate?", False),
        ("where is the terminal", False),
        ("what did the so-called coalition do", False),
        ("What did he say?", False),
        ("Who was on the call?", False),
        ("what was said in the second phone call", False),
        ("did she join Saturday's call", False),
        ("did she join the saturday call", False),
        ("how many video calls were there", False),
        ("what did he say in his first term", False),
        ("on what grounds, in terms of law", False),
        ("What did Berg call for?", False),
        ("What did Berg first call it?", True),
        ("What do people in the north call a phone call?", True),
        ("what does one call it", True),
        ("what was the law termed", True),
    ],
)
def test_naming(question, expected):
    """Verbs of naming ask for a name; nouns of the same form, "to call for", and what only begins like them do not."""
    assert expected == kinds.is_naming(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which podcast did he choose?", "podcast"),
        ("Which TV channel interviewed him?", "TV channel"),
        ("in what island region", "island region"),
        ("Which area is it?", "area"),
        ("which doctor", "doctor"),
        ("What is it?", ""),
        ("what if", ""),
        ("Who is it?", ""),
    ],
)
def test_type_words(question, expected):
    """The words after "which" name the type of the answer, whatever they begin with; an auxiliary does not."""
    assert expected == kinds.type_words(question).of(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many other countries joined?", "countries joined"),
        ("how much money", "money"),
        ("the number of allies", "allies"),
        ("how long hostilities last", "hostilities"),
        ("how long did it take", ""),
        ("Who?", ""),
    ],
)
def test_what_is_counted(question, expected):
    """What is counted follows "how many", "how much", "number of" or, where no auxiliary does, "how long"."""
    assert expected == kinds.counted(question)


def test_verbs_of_saying_are_terms():
    """Each form of a verb of saying or of holding a view is known by its term."""
    assert {term_of(word) for word in ("said", "describes", "denied", "opposes", "told")} <= kinds.SAYING_TERMS
    assert "" not in kinds.SAYING_TERMS


@settings(max_examples=100)
@given(ODD)
def test_any_words(text):
    """Nothing raises, whatever is asked."""
    kinds.expected(text)
    kinds.speaker(text)
    kinds.counted(text)
    kinds.is_naming(text)
    kinds.asks_who(text)
    assert kinds.type_words(text).of(text) in text


SPEECH = (
    "what did ",
    "is ",
    "did said ",
    "when ",
    "which ",
    "how long ",
    "number of ",
    "‘a",
    "“abcdefgh ",
    "because ",
    "(",
)


@pytest.mark.parametrize("part", SPEECH)
def test_long_texts(part):
    """Work grows with length alone: twenty thousand characters of nearly an answer are looked through at once."""
    text = part * (20_000 // len(part))

    kinds.expected(text)
    kinds.speaker(text)
    kinds.counted(text)
    kinds.type_words(text)
    kinds.asks_who(text)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Ann say about the mill?", True),
        ("what has she told the mayor", True),
        ("What was announced on Monday?", True),
        ("What does Ann think of the mill?", False),
        ("What is Ann's position on the mill?", False),
        ("What does the mayor demand?", False),
    ],
)
def test_asks_words(question, expected):
    """Who asks what somebody said wants their words, who asks for a view need not."""
    assert expected is kinds.asks_words(question)
