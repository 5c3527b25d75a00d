"""What can go wrong with money."""

from __future__ import annotations


class PaymentError(Exception):
    """The common base; `code` is stable, the message says what would be right."""

    code = "payment"


class BadTariff(PaymentError):
    """The tariff file does not hold, or says nothing for the day."""

    code = "bad_tariff"


class BadNotice(PaymentError):
    """A notice of money that cannot be one."""

    code = "bad_notice"


class BadCode(PaymentError, ValueError):
    """A value that the payment code cannot carry."""

    code = "bad_code"
