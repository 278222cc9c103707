"""`python -m imagelint`."""

from imagelint.cli.main import run

if __name__ == "__main__":
    run()
