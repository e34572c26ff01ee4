#!/usr/bin/env python3
"""Check what an onrecord record says, without trusting it and without its program.

    python3 verify.py FILE-or-URL VERIFIER-KEY [KEPT-CHECKPOINT]

FILE is the evidence of a claim (/claims/…/evidence) or an export of a whole record; URL is
a record that answers over HTTP. VERIFIER-KEY is the key you got from somewhere else than
the file. KEPT-CHECKPOINT is a file with a checkpoint that you kept from an earlier time.
Nothing but Python's standard library is needed. The exit status is 0, or 3 if a check fails.

The steps, each a function below:
  1  the checkpoint is signed by your key
  2  it extends the checkpoint that you kept
  3  every event is written in the one canonical way, and is in the signed tree
  4  positions, and the versions of each claim, have no gap
  5  every event whose words were erased has the event that erased it
"""

import base64
import hashlib
import json
import pathlib
import re
import sys
import urllib.request


class Failed(Exception):
    """A check failed: the step, and what was expected and what there is."""


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)  # what is not as told


def expect(step, what, expected, found):
    """Fail unless what was found is what was expected."""
    if expected != found:
        raise Failed(f"step {step}: {what}: expected {expected}, got {found}")


def sha256(*parts):
    """Hash bytes."""
    return hashlib.sha256(b"".join(parts)).digest()


def from_base64(text):
    """Read base64, in the one way it may be written."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is written in another way")
    return data


# Ed25519, RFC 8032, section 6: only what verifying needs.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Y = 4 * pow(5, -1, P) % P


def recover_x(y, sign):
    """Find the x of a point on the curve from its y and the sign of x; None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return x if x & 1 == sign else P - x


def add(one, other):
    """Add two points, in extended coordinates."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number, point):
    """Add a point to itself so many times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def read_point(data):
    """Read a point from 32 bytes; None where they are none."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE = (recover_x(Y, 0), Y, 1, recover_x(Y, 0) * Y % P)


def is_signed(public, message, signature):
    """Tell whether 64 bytes are the signature of a message by a public key of 32 bytes."""
    if (len(public), len(signature)) != (32, 64):
        return False
    key, point, s = read_point(public), read_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or point is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = multiply(s, BASE), add(point, multiply(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# The tree, RFC 6962: how a proof leads from a leaf to the root, and from one root to another.


def root_from(leaf, index, size, proof):
    """Follow an inclusion proof from a leaf to the root, RFC 9162 section 2.1.3.2."""
    at, last, found, path = index, size - 1, leaf, list(proof)
    while last:
        if at % 2:
            found = sha256(b"\x01", path.pop(0), found)
        elif at < last:
            found = sha256(b"\x01", found, path.pop(0))
        at, last = at // 2, last // 2
    if path or not 0 <= index < size:
        raise ValueError("the proof does not fit")
    return found


def roots_from(old, new, old_root, proof):
    """Follow a consistency proof to both roots, RFC 9162 section 2.1.4.2; `old` is more than 0 and less than `new`."""
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at // 2, last // 2
    was = now = path.pop(0)
    while last:
        if at % 2 or at == last:
            left = path.pop(0)
            was, now = sha256(b"\x01", left, was), sha256(b"\x01", left, now)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            now = sha256(b"\x01", now, path.pop(0))
        at, last = at // 2, last // 2
    if path:
        raise ValueError("the proof is too long")
    return was, now


class Tree:
    """A tree that grows leaf by leaf; only its right edge is kept."""

    def __init__(self):
        """Begin with the empty tree."""
        self.size, self.edge = 0, []

    def add(self, leaf):
        """Add a leaf: whole subtrees of one size are hashed into one of twice the size."""
        self.size += 1
        self.edge.append(leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self.edge.pop()
            self.edge.append(sha256(b"\x01", self.edge.pop(), right))

    def root(self):
        """Give the root: the subtrees at the edge, hashed from the right."""
        if not self.edge:
            return sha256(b"")
        found = self.edge[-1]
        for left in self.edge[-2::-1]:
            found = sha256(b"\x01", left, found)
        return found


def open_checkpoint(step, note, key):
    """Read a checkpoint and its signature by a verifier key; answers the log's size and root."""
    name, key_id, public = re.fullmatch(r"(\S+?)\+([0-9a-f]{8})\+(\S+)", key).groups()
    public = from_base64(public)
    expect(step, "the verifier key's own hash", key_id, sha256(name.encode(), b"\n", public)[:4].hex())
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    signatures = re.findall(r"^\u2014 (\S+) (\S+)$", lines, re.MULTILINE)
    mine = [from_base64(s)[4:] for who, s in signatures if who == name and from_base64(s)[:4].hex() == key_id]
    expect(step, f"a signature by {key}", True, bool(mine))
    for signature in mine:
        signed = public[:1] == b"\x01" and is_signed(public[1:], text.encode(), signature)
        expect(step, f"the signature of {name} under\n{text}", "valid", "valid" if signed else "false")
    origin, size, root = text.split("\n")[:3]
    expect(step, "the name of the log", name, origin)
    expect(step, "a size", str(int(size)), size)
    return int(size), from_base64(root)


def check_extends(kept, now, proof):
    """Step 2: what is signed now extends what was signed then."""
    (old, old_root), (new, new_root) = kept, now
    if new < old:
        raise Failed(f"step 2: rolled back: expected at least the size {old} that was kept, got {new}")
    if old in (0, new):
        expect(2, f"the root of size {old} (forked?)", (sha256(b"") if old == 0 else new_root).hex(), old_root.hex())
        return
    was, is_now = roots_from(old, new, old_root, [from_base64(part) for part in proof])
    expect(2, "the kept root (forked?)", old_root.hex(), was.hex())
    expect(2, "the signed root (forked?)", new_root.hex(), is_now.hex())


def check_offline(kept, now):
    """Step 2 for a file, which holds no proof but that of two equal sizes; says what it leaves open."""
    if kept and 0 < kept[0] < now[0]:
        return f"; this file alone does not prove that it extends size {kept[0]}, which you kept: check the URL"
    if kept:
        check_extends(kept, now, [])
    return ""


def refuse_twice(pairs):
    """Refuse an object that has a member twice, which two readers would read differently."""
    found = dict(pairs)
    expect(3, "members", len(pairs), len(found))
    return found


def refuse_float(text):
    """Refuse a number that is no integer: there are none in a record."""
    raise Failed(f"step 3: expected no number but integers, got {text}")


def read_json(text):
    """Read JSON strictly."""
    return json.loads(text, object_pairs_hook=refuse_twice, parse_float=refuse_float, parse_constant=refuse_float)


def canonical(value):
    """Write JSON in the one canonical way, RFC 8785: sorted, without blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf_of(event):
    """Hash the leaf of an event: itself, with one commitment in the place of its words and their salt."""
    entry = dict(event)
    if "redacted" in entry:
        del entry["redacted"]
    else:
        salt = from_base64(entry.pop("salt"))
        expect(3, "the length of a salt", 16, len(salt))
        entry["commitment"] = sha256(salt, canonical(entry.pop("data"))).hex()
    members = ["claim", "commitment", "recorded_at", "recorded_by", "type", "v", "version"]
    expect(3, "the members of an entry", members, sorted(entry))
    return sha256(b"\x00", canonical(entry))


class History:
    """Steps 4 and 5, over events in order."""

    def __init__(self):
        """Begin before the first event."""
        self.versions, self.erased = {}, {}

    def take(self, event):
        """Look at the next event."""
        claim, version = event["claim"], event["version"]
        expect(4, f"the next version of claim {claim}", self.versions.get(claim, 0) + 1, version)
        self.versions[claim] = version
        if "redacted" in event:
            self.erased.setdefault((claim, event["redacted"]), []).append((version, event["type"]))
        for erased, kind in self.erased.pop((claim, version), []):
            regarding = event["data"].get("regarding") if event["type"] == "redacted" else "no event"
            of_it = regarding == erased or (kind == "amended" and regarding != "no event" and regarding < erased)
            expect(5, f"what event {version} of claim {claim} erased", erased, erased if of_it else regarding)

    def finish(self):
        """Look whether anything was erased by an event that is none, of those that are here."""
        for (claim, redaction), erased in self.erased.items():
            if redaction <= self.versions[claim]:
                raise Failed(f"step 5: claim {claim}: expected event {redaction}, which erased {erased}, got none")


def verify_evidence(bundle, key, kept):
    """Check the evidence of a claim."""
    size, root = open_checkpoint(1, bundle["checkpoint"], key)
    unproved = check_offline(kept, (size, root))
    history, before = History(), -1
    expect(3, "events", True, bool(bundle["events"]))
    for item in bundle["events"]:
        event, position = item["event"], item["position"]
        proof = [from_base64(part) for part in item["proof"]]
        found = root_from(leaf_of(event), position, size, proof)
        expect(3, f"the root that the proof of event {position} leads to", root.hex(), found.hex())
        expect(4, "the claim", bundle["claim"], event["claim"])
        expect(4, "positions that rise", True, position > before)
        history.take(event)
        before = position
    history.finish()
    return f"{len(bundle['events'])} events of one claim are in the log of size {size}{unproved}"


def verify_log(placed, signed, total, proof):
    """Check all events of a log: their tree must be the signed one, or its beginning."""
    size, root = signed
    tree, history = Tree(), History()
    found = tree.root()
    for position, event in placed:
        expect(4, "the next position", tree.size, position)
        tree.add(leaf_of(event))
        history.take(event)
        if tree.size <= size:
            found = tree.root() if tree.size in (size, total) else found
    expect(4, "how many events there are (cut off?)", total, tree.size)
    if total >= size:
        expect(3, f"the root of the first {size} events", root.hex(), found.hex())
    elif total:
        was, now = roots_from(total, size, found, [from_base64(part) for part in proof])
        expect(3, f"the root of the first {total} events", (found.hex(), root.hex()), (was.hex(), now.hex()))
    history.finish()
    more = f", and {total - size} more are not signed" if total > size else ""
    return f"{min(total, size)} events are in the log of size {size}{more}"


def read_export(file):
    """Give each event of an export with its position; the last line must tell how many there are."""
    count = 0
    for line in file:
        item = read_json(line)
        if "complete" in item:
            expect(4, "the last line", {"complete": True, "events": count}, item)
            expect(4, "nothing after the last line", "", file.readline())
            return
        expect(
            3,
            "the one way to write a line",
            line,
            f'{{"position":{item["position"]},"event":' + canonical(item["event"]).decode() + "}\n",
        )
        yield item["position"], item["event"]
        count += 1
    raise Failed(f"step 4: cut off: expected a last line, got none after {count} events")


def read_server(url, size):
    """Give each event of a record over HTTP with its position."""
    after = -1
    while after + 1 < size:
        page = read_json(fetch(f"{url}/events?limit=1000" + (f"&after={after}" if after >= 0 else "")))
        if not page["events"]:
            return
        for item in page["events"]:
            after = item["position"]
            if after < size:
                yield after, item["event"]


def fetch(url):
    """Ask over HTTP."""
    if not url.startswith(("http://", "https://")):
        raise Failed(f"expected an address that begins with http:// or https://, got {url}")
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def verify(what, key, kept_note):
    """Check a file or a record; answers a sentence of what holds."""
    kept = open_checkpoint(2, kept_note, key) if kept_note else None
    if what.startswith("http"):
        url = what.rstrip("/")
        size, root = open_checkpoint(1, fetch(f"{url}/log/checkpoint"), key)
        if kept:
            grown = 0 < kept[0] < size
            answer = read_json(fetch(f"{url}/log/consistency?from={kept[0]}&to={size}")) if grown else {"proof": []}
            check_extends(kept, (size, root), answer["proof"])
        return verify_log(read_server(url, size), (size, root), size, [])
    with pathlib.Path(what).open(encoding="utf-8", newline="\n") as file:
        first = file.readline()
        if "onrecord-export/1" not in first[:80]:
            return verify_evidence(read_json(first + file.read()), key, kept)
        head = read_json(first)
        signed = open_checkpoint(1, head["checkpoint"], key)
        unproved = check_offline(kept, signed)
        return verify_log(read_export(file), signed, head["log_size"], head.get("consistency", [])) + unproved


def main(arguments):
    """Check what was named on the command line."""
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        kept = pathlib.Path(arguments[2]).read_text(encoding="utf-8") if len(arguments) == 3 else None
        print(f"Verified: {verify(arguments[0], arguments[1], kept)}.")
    except Failed as failed:
        print("FAILED", failed)
        return 3
    except OSError as error:
        print(f"FAILED {error}")
        return 1
    except UNREADABLE as error:
        print(f"FAILED step 3: expected what the documents tell, got something else ({type(error).__name__}: {error})")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
