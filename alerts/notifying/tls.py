"""TLS with channels: certificates are verified, and so is the name in them; what is wrong with one has a word."""

import ssl

_OF_CERTIFICATES = {10: "certificate_expired", 62: "certificate_of_another_name", 64: "certificate_of_another_name"}
"""By OpenSSL's X509_V_ERR_… ; every other is one that nobody vouches for."""


def trusting(ca: str) -> ssl.SSLContext:
    """Whom the PEM file ``ca`` vouches for, and nobody else; empty: whom the system trusts. Raises OSError."""
    return ssl.create_default_context(cafile=ca or None)


def word_of(error: BaseException) -> str | None:
    """Why there is no TLS; None where that is not what is wrong. Looks through the errors that it led to as well."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _OF_CERTIFICATES.get(cause.verify_code, "certificate_not_trusted")
        if isinstance(cause, ssl.SSLError):
            return "tls_failed"
        cause = cause.__cause__ or cause.__context__
    return None
