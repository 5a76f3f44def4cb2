"""A folder in; its article files, and a reason for each one left out."""

import os
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rendering import Renderer
from retrieval import sources
from retrieval.errors import CorpusMissing
from retrieval.models import Document, LeftOut, LeftOutReason
from retrieval.sources import SourceFile
from tests.papers import pdf_of

NEWS = "Café society met in Paris – “déjà vu”, said the minister. "


def write(folder: Path, name: str, content: bytes = b"Some text.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def read(folder: Path, content: bytes) -> Document | LeftOut:
    write(folder, "a.txt", content)
    return sources.read(sources.scan(folder)[0][0])


def ids(folder: Path) -> list[str]:
    return [file.id for file in sources.scan(folder)[0]]


def test_article_files_of_all_folders_are_found_in_the_order_of_their_ids(tmp_path):
    """Text and Markdown files are articles wherever they lie, and whatever the case of their suffix."""
    for name in ("b.txt", "a/z.md", "a.markdown", "a/b/c.TXT"):
        write(tmp_path, name)

    assert ["a.markdown", "a/b/c.TXT", "a/z.md", "b.txt"] == ids(tmp_path)


def test_hidden_files_readme_and_catalog_are_passed_over_in_silence(tmp_path):
    """They are neither articles nor left out."""
    for name in (".hidden.txt", ".git/a.txt", "README.md", "sub/readme.md", "catalog.toml"):
        write(tmp_path, name)

    assert ((), ()) == sources.scan(tmp_path)


def test_what_is_no_text_file_is_left_out_with_its_suffix(tmp_path):
    """A catalog in a subfolder is no catalog, and a file without a suffix is no article either."""
    for name in ("a.docx", "a.tar.gz", "a.txt.zst", "sub/catalog.toml", "noext"):
        write(tmp_path, name)

    assert (
        LeftOut("a.docx", "suffix", ".docx"),
        LeftOut("a.tar.gz", "suffix", ".gz"),
        LeftOut("a.txt.zst", "suffix", ".zst"),
        LeftOut("noext", "suffix", ""),
        LeftOut("sub/catalog.toml", "suffix", ".toml"),
    ) == sources.scan(tmp_path)[1]


def test_pages_pdfs_and_archives_are_articles_too(tmp_path):
    """Whatever the case of their suffix, or of the two of a packed archive; only an archive holds many."""
    single, many = ["a.htm", "b.HTML", "c.Pdf"], ["d.jsonl", "e.JSONL.gz", "f.jsonl.ZST"]
    for name in (*single, *many):
        write(tmp_path, name)

    assert [(name, name in many) for name in (*single, *many)] == [
        (file.id, file.many) for file in sources.scan(tmp_path)[0]
    ]


@pytest.mark.parametrize(
    ("suffix", "limit"), [(".txt", sources.LIMIT), (".html", sources.LIMIT), (".pdf", sources.PDF_LIMIT)]
)
def test_a_file_over_the_limit_is_left_out_unopened(tmp_path, suffix, limit):
    """Exactly the limit is still read; a byte more is not."""
    with write(tmp_path, f"large{suffix}").open("wb") as file:
        file.truncate(limit + 1)
    with write(tmp_path, f"fits{suffix}").open("wb") as file:
        file.truncate(limit)

    files, left_out = sources.scan(tmp_path)

    assert [f"fits{suffix}"] == [file.id for file in files]
    assert (LeftOut(f"large{suffix}", "too_large", f"{limit / 1e6:.1f} MB"),) == left_out


def test_an_archive_may_be_of_any_size(tmp_path):
    """It is never held whole."""
    with write(tmp_path, "large.jsonl.gz").open("wb") as file:
        file.truncate(sources.PDF_LIMIT * 10)

    assert ["large.jsonl.gz"] == ids(tmp_path)


def test_a_file_that_grew_after_the_scan_is_not_read_whole(tmp_path):
    """The limit holds when reading too."""
    path = write(tmp_path, "a.txt")
    (file,), _ = sources.scan(tmp_path)
    with path.open("wb") as grown:
        grown.truncate(sources.LIMIT * 2)

    assert LeftOut("a.txt", "too_large", "40.0 MB") == sources.read(file)


def test_a_link_out_of_the_folder_is_left_out_and_one_inside_is_not(tmp_path):
    """Files and folders alike; the reason names where the link leads."""
    outside = write(tmp_path, "elsewhere/secret.txt")
    corpus = tmp_path / "corpus"
    write(corpus, "real/a.txt")
    (corpus / "inside.txt").symlink_to("real/a.txt")
    (corpus / "out.txt").symlink_to(outside)
    (corpus / "folder").symlink_to(outside.parent)

    files, left_out = sources.scan(corpus)

    assert ["inside.txt", "real/a.txt"] == [file.id for file in files]
    assert (
        LeftOut("folder", "outside", str(outside.parent)),
        LeftOut("out.txt", "outside", str(outside)),
    ) == left_out


@pytest.mark.parametrize("suffix", sorted(sources.SUFFIXES))
def test_no_kind_of_file_is_read_through_a_link_that_leads_out(tmp_path, suffix):
    """Pages, PDFs and archives no more than texts."""
    outside = write(tmp_path, f"elsewhere/secret{suffix}")
    (tmp_path / "corpus").mkdir()
    (tmp_path / f"corpus/out{suffix}").symlink_to(outside)

    assert [LeftOut(f"out{suffix}", "outside", str(outside))] == list(sources.walk(tmp_path / "corpus"))


def test_links_between_folders_neither_loop_nor_repeat(tmp_path):
    """A folder is visited once, under its own name; one that is hidden is visited where a link shows it."""
    write(tmp_path, "a/one.txt")
    write(tmp_path, "b/two.txt")
    write(tmp_path, ".store/three.txt")
    (tmp_path / "a/up").symlink_to("..")
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    (tmp_path / "shown").symlink_to(".store")

    assert ["a/one.txt", "b/two.txt", "shown/three.txt"] == ids(tmp_path)


def test_broken_and_circular_links_are_unreadable(tmp_path):
    """They are named, with the system's reason."""
    (tmp_path / "broken.txt").symlink_to("nowhere.txt")
    (tmp_path / "circle.txt").symlink_to("circle.txt")

    assert [("broken.txt", "unreadable"), ("circle.txt", "unreadable")] == [
        (one.path, one.reason) for one in sources.scan(tmp_path)[1]
    ]


def test_a_pipe_and_a_socket_are_never_opened(tmp_path):
    """To open a pipe would be to wait for ever."""
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.txt"))

        assert [("pipe.txt", "unreadable"), ("socket.txt", "unreadable")] == [
            (one.path, one.reason) for one in sources.scan(tmp_path)[1]
        ]


def test_a_name_that_is_no_utf8_is_left_out(tmp_path):
    """Such a name could neither be stored nor shown."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("Text.", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")

    assert (LeftOut("caf?.txt", "unreadable", "name: utf-8"),) == sources.scan(tmp_path)[1]


def test_a_file_that_vanished_is_unreadable(tmp_path):
    """Files may go between scan and read; the others are served."""
    path = write(tmp_path, "a.txt")
    (file,), _ = sources.scan(tmp_path)
    path.unlink()

    assert LeftOut("a.txt", "unreadable", "No such file or directory") == sources.read(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_unreadable(tmp_path):
    """The folder is named, and the rest is served."""
    write(tmp_path, "a.txt")
    locked = write(tmp_path, "locked/b.txt").parent
    locked.chmod(0)
    try:
        files, left_out = sources.scan(tmp_path)
    finally:
        locked.chmod(0o700)

    assert ["a.txt"] == [file.id for file in files]
    assert (LeftOut("locked", "unreadable", "Permission denied"),) == left_out


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.write_text(""), lambda path: path.symlink_to(path)]
)
def test_a_corpus_that_is_no_folder_is_an_error(tmp_path, make):
    """Nothing there, a file, or a link to itself: the error names the path."""
    path = tmp_path / "corpus"
    make(path)

    with pytest.raises(CorpusMissing) as caught:
        sources.scan(path)

    assert {"path": path} == caught.value.facts


def test_an_empty_folder_has_no_files(tmp_path):
    """That is no error."""
    assert ((), ()) == sources.scan(tmp_path)


def test_the_stamp_changes_with_the_file_and_only_then(tmp_path):
    """It decides whether a file is read again."""
    path = write(tmp_path, "a.txt")
    first = sources.scan(tmp_path)[0][0].stamp
    again = sources.scan(tmp_path)[0][0].stamp
    status = path.stat()
    path.write_bytes(b"Same size.")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    changed = sources.scan(tmp_path)[0][0].stamp

    assert first == again
    assert first != changed


@pytest.mark.parametrize("content", [b"", b" \r\n\t", "\ufeff\n".encode(), "\u00a0\u2003".encode()])
def test_a_file_of_white_space_is_empty(tmp_path, content):
    """A byte order mark makes no text either."""
    assert LeftOut("a.txt", "empty") == read(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        b"text\0text",
        b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 4,
        b"\xff\xfea",
        bytes(range(128, 256)) * 8,
        b"\xef\xbb\xbf\0",
    ],
)
def test_what_is_no_text_is_binary(tmp_path, content):
    """NUL bytes, control characters, half a UTF-16 character, and bytes that no encoding explains."""
    assert LeftOut("a.txt", "binary") == read(tmp_path, content)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_utf8_is_read_as_it_is(tmp_path_factory, text):
    """Newlines, byte order mark and all: offsets are those of `bytes.decode`."""
    found = read(tmp_path_factory.mktemp("corpus"), text.encode())

    assert LeftOut("a.txt", "empty") == found or Document("a.txt", text) == found


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (NEWS, "cp1252", "cp1252"),
        (NEWS * 50, "cp1252", "cp1252"),
        ("Café", "latin-1", "cp1252"),
        ("Türkiye Cumhurbaşkanı Erdoğan, görüşmeye katıldı. Şimdi barış için çalışıyoruz.", "cp1254", "cp1254"),
        ("Премьер-министр Великобритании заявил, что коалиция готова.", "cp1251", "cp1251"),
        (NEWS, "utf-16", "utf-16"),
        (NEWS, "utf-32", "utf-32"),
    ],
)
def test_other_encodings_are_detected_and_named(tmp_path, text, encoding, named):
    """Also in a text of a few words, and Western European first."""
    assert Document("a.txt", text, named) == read(tmp_path, text.encode(encoding))


def test_a_broken_byte_does_not_spoil_a_utf8_file(tmp_path):
    """The rest is read as UTF-8, not as another encoding, and the file is marked."""
    content = (NEWS * 3).encode()

    assert Document("a.txt", NEWS * 3 + "\ufffd", "utf-8, damaged") == read(tmp_path, content + b"\xff")


def test_each_kind_is_read_as_what_it_is(tmp_path):
    """A page without its markup, a PDF as its text layer, Markdown as it stands."""
    page = b"<html><body><h1>A mill</h1><p>The <b>old mill</b> of Bergen burned on Sunday.</p></body></html>"
    write(tmp_path, "a.html", page)
    write(tmp_path, "b.pdf", pdf_of(["The old mill of Bergen burned on Sunday."]))
    write(tmp_path, "c.md", b"The *old mill* of Bergen burned on Sunday.")
    read_as = [sources.read(file) for file in sources.scan(tmp_path)[0]]

    assert ["The old mill of Bergen burned on Sunday."] * 2 == [one.text for one in read_as[:2]]
    assert Document("c.md", "The *old mill* of Bergen burned on Sunday.") == read_as[2]


def test_texts_are_read_without_the_libraries_for_pages_and_pdfs(tmp_path):
    """Each takes 300 ms to load."""
    write(tmp_path, "a.txt", b"The mill burned.")
    heavy = {"trafilatura", "lxml", "pypdf"}
    code = f"""
import sys
from pathlib import Path
from retrieval import archives, articles, sources
[sources.read(file) for file in sources.walk(Path({str(tmp_path)!r}))]
print({heavy} & set(sys.modules))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert "set()\n" == done.stdout


def test_a_walk_holds_its_folders_and_not_their_files(tmp_path):
    """Of 5,000 files in a folder no list is made, neither of names nor of what they are."""
    for number in range(5000):
        (tmp_path / f"{number}.txt").touch()
    tracemalloc.start()
    try:
        found = sum(isinstance(one, SourceFile) for one in sources.walk(tmp_path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 5000 == found
    assert peak < 200_000


def test_a_walk_of_no_folder_fails_at_once(tmp_path):
    """Not when the first file is asked for."""
    with pytest.raises(CorpusMissing):
        sources.walk(tmp_path / "nowhere")


@pytest.fixture
def tangled(tmp_path: Path) -> Path:
    """A corpus with something of everything that may lie in one."""
    outside = write(tmp_path, "elsewhere/secret.txt")
    corpus = tmp_path / "corpus"
    for name in ("a.txt", "sub/b.md", "sub/deep/c.jsonl.gz", "d.docx", ".hidden.txt", ".git/e.txt", "catalog.toml"):
        write(corpus, name)
    for name in ("sub/catalog.toml", "README.md", "sub/readme.md", ".store/f.txt", ".store/.g.txt", "sub/.h/i.txt"):
        write(corpus, name)
    links = {"link.txt": "a.txt", "out.txt": outside, "outside": outside.parent, "again": "sub", "shown": ".store"}
    for name, target in {**links, "broken.txt": "nowhere.txt", "circle": "circle", "sub/up": ".."}.items():
        (corpus / name).symlink_to(target)
    os.mkfifo(corpus / "pipe.txt")
    return corpus


def everything(folder: Path, depth: int = 4) -> Iterator[Path]:
    """All paths below a folder, those behind links too."""
    for path in folder.iterdir() if depth else ():
        yield path
        if path.is_dir():
            yield from everything(path, depth - 1)


def test_a_look_at_a_path_finds_what_a_walk_finds(tangled):
    """The same file or the same reason at every path, and nothing where the walk passes over it."""
    walked = {one.id if isinstance(one, SourceFile) else one.path: one for one in sources.walk(tangled)}
    looked = {path.relative_to(tangled).as_posix(): sources.look(tangled, path) for path in everything(tangled)}

    assert {"a.txt", "sub/b.md", "sub/deep/c.jsonl.gz", "link.txt", "shown/f.txt"} == {
        name for name, one in walked.items() if isinstance(one, SourceFile)
    }
    assert walked == {name: one for name, one in looked.items() if one}


def test_a_look_takes_a_path_as_a_watcher_gives_it(tmp_path):
    """Below the corpus as it was named, below its real place, or from within it."""
    (tmp_path / "corpus").symlink_to("real")
    path = write(tmp_path, "real/a.txt")
    corpus = tmp_path / "corpus"
    (file,) = sources.walk(corpus)

    assert [file] * 3 == [sources.look(corpus, one) for one in (path, corpus / "a.txt", Path("a.txt"))]


@pytest.mark.parametrize(
    "path", ["gone.txt", "gone/a.txt", "../other/a.txt", "sub", ".", "circle/a.txt", "/etc/passwd"]
)
def test_a_look_finds_nothing_where_no_article_file_is(tmp_path, path):
    """What is gone, what is outside, and folders."""
    corpus = write(tmp_path, "corpus/sub/b.txt").parents[1]
    write(tmp_path, "other/a.txt")
    (corpus / "circle").symlink_to("circle")

    assert sources.look(corpus, Path(path)) is None


@pytest.mark.parametrize("reason", get_args(LeftOutReason))
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.jsonl:3"])
def test_each_reason_has_its_sentence(reason, name):
    """Nobody is shown the name that the code has for it."""
    shown = Renderer("text").render("because", file=LeftOut(name, reason, "a fact"))

    assert shown.endswith(" (a fact)")
    assert reason == "empty" or f"{reason} (a fact)" != shown


def test_a_corpus_that_vanished_while_it_is_walked_is_named(tmp_path):
    """As a point, among what is left out."""
    (tmp_path / "gone").mkdir()
    walk = sources._walk((tmp_path / "gone").resolve())
    (tmp_path / "gone").rmdir()

    assert [LeftOut(".", "unreadable", "No such file or directory")] == list(walk)
