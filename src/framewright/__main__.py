"""``python -m framewright`` is the ``framewright`` command."""

from framewright.cli import main

if __name__ == "__main__":
    main()
