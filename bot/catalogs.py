"""Templates in, catalogs of their sentences out, to be translated; and a catalog in, out what Jinja translates with.

    python -m bot.catalogs    bring prompts/locale/ up to date, and list what has no translation

Catalogs are read as they are written, as text: 20 ms when a language is first used, and nothing to compile before that.
"""

import sys
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from operator import attrgetter
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.languages import ENGLISH, LANGUAGES, PROMPTS

TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)

_TEMPLATES = "*.html.j2"
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


@cache
def translations(language: str) -> GNUTranslations:
    """What Jinja translates into `language` with; what has no translation stays English."""
    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def path(language: str, prompts: Path = PROMPTS) -> Path:
    """Where the translations into a language stand."""
    return prompts / "locale" / language / "LC_MESSAGES" / "dateline.po"


def read(language: str, prompts: Path = PROMPTS) -> Catalog:
    """A language's catalog as it is, or an empty one."""
    file = path(language, prompts)
    if not file.exists():
        return Catalog(language)
    with file.open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def extracted(prompts: Path = PROMPTS) -> Catalog:
    """Every sentence that the templates mark, in the order of the templates."""
    found = Catalog()
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for name, line, message, _, context in extract_from_dir(prompts, [(_TEMPLATES, "jinja2")], {_TEMPLATES: options}):
        found.add(message, locations=[(f"prompts/{name}", line)], context=context)
    return found


def updated(catalog: Catalog, template: Catalog) -> Catalog:
    """Exactly the sentences of `template`, translated as in `catalog`; nothing is guessed from sentences like them."""
    fresh = Catalog(catalog.locale)
    for message in filter(attrgetter("id"), template):
        known = catalog.get(message.id, message.context)
        same = known if known and known.id == message.id else message
        fresh.add(message.id, same.string, message.locations, same.flags, context=message.context)
    return fresh


def written(catalog: Catalog) -> bytes:
    """A catalog as it is kept, without the dates and line numbers that would change each time."""
    lines = BytesIO()
    write_po(lines, catalog, width=0, omit_header=True, include_lineno=False)
    header = _HEADER.format(language=catalog.locale, plurals=catalog.plural_forms)
    return header.encode() + lines.getvalue().lstrip(b"\n")


def forms(message: Message) -> tuple[str, ...]:
    """The translation of a sentence, or each of its plural forms."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def untranslated(catalog: Catalog) -> list[str]:
    """The sentences that lack a translation, or one of its plural forms, or are marked as doubtful."""
    lacking = (message for message in catalog if message.id and (message.fuzzy or not all(forms(message))))
    return [message.id if isinstance(message.id, str) else message.id[0] for message in lacking]


def main(prompts: Path = PROMPTS) -> None:
    """Bring every catalog up to date; print `language: sentence` for each that is to be translated."""
    template = extracted(prompts)
    for language in TRANSLATED:
        catalog = updated(read(language, prompts), template)
        file = path(language, prompts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(catalog))
        sys.stdout.writelines(f"{language}: {sentence}\n" for sentence in untranslated(catalog))


if __name__ == "__main__":
    main()
