"""Who asks: by a token in the Authorization header, or by the session of a browser that has signed in.

A browser sends its cookie along whoever made the request. So what is not a mere read is
done for a cookie only where the browser says that our own page asked for it.
"""

from __future__ import annotations

import re
from hashlib import sha256

from flask import Response, request

from domain.errors import Fault, Invalid
from service.errors import Forbidden, Malformed, Unauthenticated
from service.sessions import LIFETIME, find_signed_in
from service.timeline import Asked, Timeline
from service.tokens import Actor, authenticate
from service.web.addresses import base_url

KEY_LENGTHS = range(8, 256)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_MACHINE = re.compile(r"http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?/.*", re.ASCII)


def identify(timeline: Timeline, right: str | None, *, free: bool) -> Actor | None:
    """Tell who asks, who must have a right; who may be nobody where that is `free`.

    Raises Unauthenticated and Forbidden.
    """
    if right is None:
        return None
    header = request.headers.get("Authorization")
    actor = _by_session(timeline) if header is None else identify_by(header, timeline)
    if actor is not None and header is None and request.method not in SAFE:
        require_same_origin()
    return require(right, actor, free=free)


def identify_by(header: str, timeline: Timeline) -> Actor:
    """Tell whose token an Authorization header holds; raises Unauthenticated."""
    return authenticate(timeline.store, read_token(header), now=timeline.now())


def read_token(header: str) -> str:
    """Give the token of an Authorization header, whatever it is; raises Unauthenticated."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Tokens are sent as Authorization: Bearer and the token.")
    require_one("Authorization", header)
    return token.strip()


def ask(actor: Actor, key: str | None, *sent: bytes, token: bytes = b"") -> Asked:
    """Tell who asks for something to be recorded; by `sent` and its key a request is told from any other."""
    if key is None:
        return Asked(actor, token=token)  # nobody will ask whether it is the same
    require_one("Idempotency-Key", key)
    if not (len(key) in KEY_LENGTHS and all("!" <= c <= "~" for c in key)):
        raise Invalid([Fault("Idempotency-Key", "An Idempotency-Key has 8 to 255 visible ASCII characters.")])
    return Asked(actor, key, sha256(b"\n".join(sent)).digest(), token=token)


def require_one(name: str, value: str) -> None:
    """Refuse, with Malformed, a header that was sent more than once: servers give them as one, with commas between."""
    if "," in value:
        raise Malformed(f"{name} came more than once, or has a comma in it. Send it once, without one.", pointer=name)


def require(right: str, actor: Actor | None, *, free: bool) -> Actor | None:
    """Refuse whoever has not a right, with Unauthenticated or Forbidden; gives the others back."""
    if free:  # whoever may ask without a token may ask with any
        return actor
    if actor is None:
        raise Unauthenticated("This needs a token: send Authorization: Bearer and your token.")
    actor.require(right)
    return actor


def _by_session(timeline: Timeline) -> Actor | None:
    secret = read_session()
    return find_signed_in(timeline.store, secret, now=timeline.now()) if secret else None


def is_same_origin() -> bool:
    """Tell whether a browser says that our own page made this request."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" if site is not None else origin in {request.host_url[:-1], _public_origin()}


def require_same_origin() -> None:
    """Refuse, with Forbidden, a request that a browser does not say our own page made."""
    if not is_same_origin():
        raise Forbidden("Another site asked for this, or nobody says who did; nothing was recorded. Use our own form.")


def _public_origin() -> str:
    scheme, _, rest = base_url().partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def read_session() -> str | None:
    """Give the secret of this browser's session."""
    return request.cookies.get(_name()) if "HTTP_COOKIE" in request.environ else None


def keep_session(response: Response, secret: str) -> None:
    """Give the browser the secret of its session, for no script to read and no other site to send."""
    response.set_cookie(_name(), secret, max_age=LIFETIME, path="/", secure=_over_tls(), httponly=True, samesite="Lax")


def drop_session(response: Response) -> None:
    """Have the browser forget its session, and what it was shown in it."""
    response.delete_cookie(_name(), path="/", secure=_over_tls(), httponly=True, samesite="Lax")
    forget_pages(response)


def forget_pages(response: Response) -> None:
    """Have the browser forget the pages that it keeps, those with what somebody typed among them."""
    response.headers["Clear-Site-Data"] = '"cache"'


def is_forgetful() -> bool:
    """Tell whether browsers forget pages when told to: where they come over TLS, or from the browser's own machine."""
    return _over_tls() or bool(_OWN_MACHINE.fullmatch(base_url()))


def _name() -> str:
    # A name with __Host- is taken by browsers over TLS only, for this host and from it alone.
    return "__Host-onrecord" if _over_tls() else "onrecord"


def _over_tls() -> bool:
    return base_url().startswith("https:")
