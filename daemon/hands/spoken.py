"""What is heard of a screen: enough to finish a visit without seeing it.

A new screen is read from its sentence to its choices; a step of the hardware keys says only where
they stand now.  Hints say which keys there are on the first screens and in the help.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from daemon.machine.spelling import row_of
from daemon.machine.views import (
    BAR,
    LETTERS,
    Choice,
    Keyboard,
    Lines,
    Notice,
    Pages,
    Payment,
    Say,
    Table,
    Tiles,
    View,
    Working,
    actions,
    reach,
)
from ui_kivy.words import Words

AT_ONCE = 8
"""More than so many choices are not read out; the rest is counted, and the keys walk through."""
HINTED = ("attract", "home")


class Heard(msgspec.Struct, frozen=True):
    """One phrase; `own` ones are for a headset alone."""

    text: str
    own: bool = False


def sentence_of(shown: View) -> tuple[object, ...]:
    """What tells one sentence from the next, without anything of a visitor in it."""
    if shown.overlay is not None:
        return (shown.overlay.name, shown.overlay.title.key)
    title = shown.title
    return (shown.name, title.key, tuple(title.args.items()), tuple(title.terms.items()))


def spoken(shown: View, words: Words, *, fresh: bool, whole: bool = False) -> Iterator[Heard]:
    """The phrases, in reading order.

    `fresh` = this sentence was not heard yet; `whole` = all again, wherever the keys stand.
    """
    body = shown.body
    at = shown.focus
    row = reach(shown)
    focused = row[at] if at is not None and at < len(row) else None
    if isinstance(body, Keyboard) and body.spelt and shown.overlay is None:
        if fresh or whole:
            yield _say(words, shown.title)
        yield from _letters(body, words)
        return
    if focused is not None and not whole:
        if fresh:
            # Something else is on the screen while the keys stay where they are.
            yield _say(words, shown.title if shown.overlay is None else shown.overlay.title)
        yield from _choice(focused, words)
        if focused.action == LETTERS:
            yield Heard(words.key("speech.letters"))
            yield from _field(body, words)
        return
    if shown.overlay is not None:
        yield _say(words, shown.overlay.title)
    else:
        yield _say(words, shown.title)
        if shown.detail is not None:
            yield _say(words, shown.detail)
        yield from _zone(shown, words)
    yield from _choices(shown, words)
    name = shown.name.rpartition(".")[2]
    if name in HINTED or (shown.overlay is not None and shown.overlay.name in ("help", "show")):
        yield Heard(words.key("speech.keys"))


def phrases(heard: list[Heard]) -> str:
    """One text, with a pause after each phrase; what ties words on a line is no sound."""
    ended = (part.text if part.text[-1:] in ".!?…:" else f"{part.text}." for part in heard)
    return " ".join(text for text in ended if text != ".").replace("\u00a0", " ")


def _say(words: Words, said: Say) -> Heard:
    return Heard(words.say(said), bool(said.own))


def _choice(choice: Choice, words: Words) -> Iterator[Heard]:
    yield _say(words, choice.label)
    if choice.detail is not None:
        yield _say(words, choice.detail)


def _choices(shown: View, words: Words) -> Iterator[Heard]:
    row = [one for one in actions(shown) if shown.overlay is not None or one.action not in BAR]
    for choice in row[:AT_ONCE]:
        yield _say(words, choice.label)
    if len(row) > AT_ONCE:
        yield _say(words, Say("speech.more", args={"n": len(row) - AT_ONCE}))
    if shown.overlay is None:
        for choice in shown.choices:
            if choice.why_not is not None:
                yield _say(words, choice.label)
                yield _say(words, choice.why_not)


def _zone(shown: View, words: Words) -> Iterator[Heard]:
    """What the picture zone tells."""
    body = shown.body
    match body:
        case Tiles(facts=facts):
            for fact in facts:
                yield _say(words, fact.says)
        case Lines(lines):
            for line in lines:
                yield _say(words, line)
        case Pages(_, captions, selected) if selected is not None and selected < len(captions):
            yield _say(words, Say("speech.chosen_page", args=captions[selected].args))
        case Pages(pages):
            yield _say(words, Say("speech.pages", args={"n": len(pages)}))
        case Keyboard(layout="name" | "search"):
            yield from _field(body, words)
        case Working(steps, done) if done < len(steps):
            yield _say(words, steps[done])
        case Working(at=at, of=of) if of:
            yield _say(words, Say("pages.this", args={"n": at, "of": of}))
        case Notice(number=number, facts=facts):
            if number:
                yield Heard(_spelt_out(number))
            for fact in facts:
                yield _say(words, fact.says)
        case Table(rows, total):
            for said, amount in rows:
                yield Heard(f"{words.say(said)}: {words.money(amount)}")
            yield Heard(f"{words.key('pay.sum')}: {words.money(total)}")
        case Payment(_, amount, memo):
            yield Heard(f"{words.key('pay.amount_word')}: {words.money(amount)}")
            yield Heard(f"{words.key('pay.memo_word')}: {_spelt_out(memo)}")


def _letters(body: Keyboard, words: Words) -> Iterator[Heard]:
    """Where the keys are, and what stands in the field; both are parts of a name."""
    where = body.spelt.reveal()
    if where.startswith("row:"):
        named = ", ".join(_key(one, words) for one in row_of(where))
        yield Heard(words.say(Say("speech.row", args={"signs": named})), own=True)
    else:
        yield Heard(_key(where, words), own=True)
    yield from _field(body, words)


def _key(key: str, words: Words) -> str:
    if len(key) == 1:
        return key
    return words.term(f"keys.{key.replace(':', '_')}")


def _field(body: object, words: Words) -> Iterator[Heard]:
    if isinstance(body, Keyboard) and body.text:
        yield _say(words, Say("speech.field", own={"text": body.text}))


def _spelt_out(code: str) -> str:
    """Sign by sign, as somebody writes it down."""
    return " ".join(code)
