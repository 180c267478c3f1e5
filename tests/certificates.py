"""A certificate for a server of the tests, which vouches for itself."""

import subprocess


def a_certificate(folder):
    """Files in the folder: of who vouches for the server, and what the server shows, with its key; for 127.0.0.1."""
    key, certificate, both = folder / "key.pem", folder / "ca.pem", folder / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=made-up",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_text(key.read_text() + certificate.read_text())
    return certificate, both
