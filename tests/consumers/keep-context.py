"""Puts the JSON-LD context of RO-Crate 1.1 into an HTTP cache of rocrate-validator, so that it needs no network.

Usage: python3 keep-context.py CACHE
"""

import sys
from importlib.resources import files
from io import BytesIO

from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

URL = "https://w3id.org/ro/crate/1.1/context"


class PackagedContext(HTTPAdapter):
    """Answers every request with the file that the package rocrate has of the context."""

    def send(self, request, **_):
        body = files("rocrate").joinpath("data", "ro-crate.jsonld").read_bytes()
        headers = {"Content-Type": "application/ld+json"}
        answer = HTTPResponse(BytesIO(body), headers, 200, preload_content=False, request_url=request.url)
        return self.build_response(request, answer)


session = CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1)
session.mount(URL, PackagedContext())
found = session.get(URL).json()["@id"]
if found != URL:
    sys.exit(f"rocrate has the context {found}, and {URL} is needed")
