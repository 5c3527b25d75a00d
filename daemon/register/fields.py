"""Names of the two signature fields of a certified copy: stable, the verifier knows them."""

from __future__ import annotations

CERTIFIER_FIELD = "Sig_Certifier"
AUTHORITY_FIELD = "Sig_Authority"
