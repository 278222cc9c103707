"""`python -m imagelint`."""

from imagelint.cli.start import run

if __name__ == "__main__":
    run()
