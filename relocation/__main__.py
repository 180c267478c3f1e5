"""Where the command begins, also as ``python -m relocation``; where only the client is installed it says so."""

import sys

from relocation.missing import told


def main() -> None:
    """Run the command; exit code 2 where what it needs is not installed."""
    try:
        from relocation.command import main as command
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"relocation: {told(missing)}\n")
        sys.exit(2)
    command()


if __name__ == "__main__":
    main()
