"""C10: electronic or on paper, and how many.  Chosen before the certifier looks, since he accepts
exactly these pages, kinds and copies (rule 9 of docs/architecture.md).
"""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import certify
from daemon.machine.copy.job import Job, button, screen
from daemon.machine.copy.scenes import CopiesAsked, PagesShown, ProductAsked
from daemon.machine.events import AnyEvent, Pressed
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.values import Part, Product
from daemon.machine.views import Choice, Keyboard, Notice, Say, View

QUICK = (1, 2, 3)
_NEEDS: dict[Product, Part] = {"digital": "delivery", "paper": "page_printer"}
"""What a product cannot be had without."""
BACKSPACE = "back"
"""The pad's delete key."""


def product(job: Job, now: Now) -> Move:
    """Ask for the product, or go on where only one is offered.  What was chosen before is void."""
    job = replace(job, product="digital", copies=1)
    if len(now.house.products) == 1 and _offered(now.house.products[0], now):
        return go(CopiesAsked(replace(job, product=now.house.products[0])))
    return go(ProductAsked(job))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case ProductAsked(job), Pressed("digital") if _offered("digital", now):
            return go(CopiesAsked(replace(job, product="digital")))
        case ProductAsked(job), Pressed("paper") if _offered("paper", now):
            return go(CopiesAsked(replace(job, product="paper")))
        case ProductAsked(job), Pressed("back"):
            return go(PagesShown(job))
        case CopiesAsked(job, None), Pressed("copies", value):
            return _chosen(job, value, now)
        case CopiesAsked(job, None), Pressed("other"):
            return go(CopiesAsked(job, ""))
        case CopiesAsked(job, None), Pressed("back"):
            if len(now.house.products) > 1:
                return product(job, now)
            return go(PagesShown(replace(job, product="digital")))
        case CopiesAsked(job, text), Pressed("digit", key) if text is not None:
            return go(CopiesAsked(job, _typed(text, key)))
        case CopiesAsked(job, text), Pressed("ok") if text is not None:
            return _chosen(job, text, now)
        case CopiesAsked(job), Pressed("back"):
            return go(CopiesAsked(job))
    return None


def _offered(product: Product, now: Now) -> bool:
    """Can it be had now?  An electronic copy needs room for what waits for the ward's store."""
    return product in now.house.products and now.works(_NEEDS[product])


def _why_not(product: Product, now: Now) -> Say | None:
    part = _NEEDS[product]
    return None if now.works(part) else Say("home.unavailable", terms={"reason": f"why.{part}"})


def _chosen(job: Job, number: str, now: Now) -> Move | None:
    """Copies must be 1…max; the keyboard stays with an empty field otherwise."""
    if number.isascii() and number.isdigit() and 1 <= int(number) <= now.house.max_copies:
        return certify.submit(replace(job, copies=int(number)), now)
    return go(CopiesAsked(job, ""))


def _typed(text: str, key: str) -> str:
    """The number after one key of the pad; at most three digits, no zero in front."""
    if key == BACKSPACE:
        return text[:-1]
    longer = (text + key).lstrip("0")
    return longer if len(longer) <= 3 and longer.isascii() and longer.isdigit() else text


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case ProductAsked():
            return screen(
                "product",
                3,
                Notice(loop="products"),
                Say("product.ask"),
                choices=tuple(
                    Choice(
                        action=one,
                        label=Say(f"copies.{one}"),
                        detail=Say(f"product.{one}"),
                        icon=one,
                        why_not=_why_not(one, now),
                    )
                    for one in now.house.products
                ),
            )
        case CopiesAsked(text=None):
            few = tuple(n for n in QUICK if n <= now.house.max_copies)
            return screen(
                "copies",
                3,
                Notice(loop="copies"),
                Say("copies.ask"),
                choices=(
                    *(
                        Choice(action="copies", value=str(n), label=Say("copies.n", args={"n": n}))
                        for n in few
                    ),
                    button("other", "copies.other"),
                ),
            )
        case CopiesAsked(text=text) if text is not None:
            return screen(
                "copies_pad",
                3,
                Keyboard(Personal(text), layout="number"),
                Say("copies.ask"),
                detail=Say("copies.most", args={"n": now.house.max_copies}),
                primary=button("ok", "common.ok", tone="go"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case CopiesAsked(text=None):
            return (Pressed("copies", "0"), Pressed("copies", "99"), Pressed("copies", "x"))
        case CopiesAsked():
            return (Pressed("digit", "2"), Pressed("digit", BACKSPACE))
    return ()
