"""``python -m api.cli`` is the command `prevention-map`."""

from api.cli import app

app(prog_name="prevention-map")
