"""Everything that can go wrong in this room, as a small closed tree.

`code` is stable (reports, `SealFailed.reason`); the message says what was read and what would be
right, for the technician.  `final` tells whether trying again inside the same authorisation is of
no use.  No message holds a citizen's datum.
"""

from __future__ import annotations


class RegisterError(Exception):
    """The common base."""

    code = "register"
    final = False


# -- the token ----------------------------------------------------------------------------


class TokenError(RegisterError):
    """The signing token cannot be used."""

    code = "token"


class ModuleMissing(TokenError):
    """The PKCS#11 library is not installed or does not load."""

    code = "module_missing"
    final = True


class TokenAbsent(TokenError):
    """No token with the configured label is plugged in."""

    code = "token_absent"


class TokenLost(TokenError):
    """The token was there and failed in use (pulled out, session gone)."""

    code = "token_lost"


class PinMissing(TokenError):
    """The file with the PIN is not there or is empty."""

    code = "pin_missing"
    final = True


class PinWrong(TokenError):
    """The token refused the PIN; the same PIN is never tried again."""

    code = "pin_wrong"
    final = True


class PinLocked(TokenError):
    """The token has locked itself after wrong PINs."""

    code = "pin_locked"
    final = True


class KeyMissing(TokenError):
    """The token has no key or certificate with the configured label."""

    code = "key_missing"
    final = True


# -- the signing service ------------------------------------------------------------------


class RemoteError(RegisterError):
    """The signing service cannot be used."""

    code = "remote"


class RemoteUnavailable(RemoteError):
    """It does not answer, or says that it cannot now."""

    code = "remote_unavailable"


class RemoteUntrusted(RemoteError):
    """Whoever answers is not the service: its TLS certificate does not hold."""

    code = "remote_untrusted"
    final = True


class RemoteRefused(RemoteError):
    """It does not know the kiosk, or will not do what was asked."""

    code = "remote_refused"
    final = True


class RemoteAnswer(RemoteError):
    """It answered with something that is not an answer, or not a signature of what was asked."""

    code = "remote_answer"


class SecretMissing(RemoteError):
    """The client's secret is not there."""

    code = "secret_missing"
    final = True


class CredentialUnsuitable(RemoteError):
    """A credential of the service is disabled, or is authorised in a way that a kiosk must not."""

    code = "credential_unsuitable"
    final = True


class ActivationRefused(RemoteError):
    """The holder of the key did not confirm: said no."""

    code = "activation_refused"
    final = True


class ActivationMissing(RemoteError):
    """The holder of the key did not answer in time; asking again would keep a visitor waiting."""

    code = "activation_missing"
    final = True


class ActivationExpired(RemoteError):
    """The holder confirmed, and the confirmation was used too late."""

    code = "activation_expired"


# -- certificates and the authorisation ---------------------------------------------------


class CertificateError(RegisterError):
    """A certificate must not be used for this signature."""

    code = "certificate"
    final = True


class CertificateExpired(CertificateError):
    """Its validity has ended."""

    code = "certificate_expired"


class CertificateNotYetValid(CertificateError):
    """Its validity has not begun (or the clock is wrong)."""

    code = "certificate_not_yet_valid"


class CertificateRevoked(CertificateError):
    """Its issuer has revoked or suspended it."""

    code = "certificate_revoked"

    def __init__(self, whose: str, text: str) -> None:
        self.whose = whose
        super().__init__(f"{whose}: {text}")


class RevocationUnknown(RegisterError):
    """No responder and no list says whether a certificate is revoked, and that is required."""

    code = "revocation_unknown"

    def __init__(self, whose: str, text: str) -> None:
        self.whose = whose
        super().__init__(f"{whose}: {text}")


class CertificateUnsuitable(CertificateError):
    """Another person's certificate, or a key of a kind that this profile does not use."""

    code = "certificate_unsuitable"


class NotAuthorised(RegisterError):
    """Nobody's authorisation covers this signature."""

    code = "not_authorised"
    final = True


class AuthorisationExpired(NotAuthorised):
    """The certifier accepted too long ago."""

    code = "authorisation_expired"


class CertifierOutOfTerm(NotAuthorised):
    """The certifier's own authorisation (ủy quyền, phân công) is not in force today."""

    code = "certifier_out_of_term"


class PagesDiffer(NotAuthorised):
    """The pages to be sealed are not the pages that the certifier accepted."""

    code = "pages_differ"


class ClockUntrusted(RegisterError):
    """The time is not known well enough to date a certification."""

    code = "clock_untrusted"


class TimestampUnavailable(RegisterError):
    """The time-stamp authority did not answer and a time stamp is required."""

    code = "timestamp_unavailable"


# -- the form and the files ---------------------------------------------------------------


class FormError(RegisterError):
    """The certified copy cannot be laid out."""

    code = "form"
    final = True


class FontMissing(FormError):
    """A font file of the form is not installed."""

    code = "font_missing"


class BadTemplate(FormError):
    """The form's template file does not hold."""

    code = "bad_template"


class BadPdf(FormError):
    """The pages handed over are not a PDF of pictures that this room can seal."""

    code = "bad_pdf"


# -- the register -------------------------------------------------------------------------


class BookError(RegisterError):
    """The register (number, entry, step of a copy) refuses what was asked."""

    code = "book"
    final = True


class StepRefused(BookError):
    """A step was asked for that does not follow from the recorded one."""

    code = "step_refused"


class NoSuchRequest(BookError):
    """No accepted request with this id."""

    code = "no_such_request"


class NoSuchEntry(BookError):
    """No entry with this number and volume."""

    code = "no_such_entry"


class YearLocked(BookError):
    """The register of this year is locked: nothing may be entered any more."""

    code = "year_locked"


class BadNumbers(BookError):
    """The ward's book gave numbers that cannot be entered."""

    code = "bad_numbers"


class NumbersUnavailable(RegisterError):
    """The ward's book cannot be asked now: nothing is certified without a number of it."""

    code = "numbers_unavailable"


class EnvelopeError(RegisterError):
    """Something cannot be sealed to the ward, or an envelope does not open."""

    code = "envelope"
    final = True
