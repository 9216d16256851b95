"""Signing in to a demo that runs in a process of its own."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

WAIT_S = 60


def demo_cookie(url: str, role: str = "coordinator") -> str:
    """
    Give the cookie of a browser in which somebody came in by a click.

    Parameters
    ----------
    url
        Of the service, as it tells it itself.
    """
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=WAIT_S)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"{place.scheme}://{place.netloc}",
    }
    connection.request("POST", "/login/demo", urlencode({"role": role}), headers)
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    connection.close()
    return cookie
