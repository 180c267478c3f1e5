"""``python -m relocation``: the same as the command."""

from relocation.command import main

if __name__ == "__main__":
    main()
