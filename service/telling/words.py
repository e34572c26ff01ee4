"""The codebook's words by code; each is a key of the catalogues in `service/web/languages/`."""

from __future__ import annotations

from service.telling.grades import CREDIBILITIES, RELIABILITIES
from service.telling.terms import ATTRIBUTIONS, CONFIDENCES, DEEDS, GRADES, LIKELIHOODS, STRENGTHS
from service.telling.wording import SAID, STANDINGS
from service.tokens import ROLES

KEPT = {
    "opened": "Claim opened",
    "reworded": "Claim reworded",
    "amended": "Our record amended",
    "struck": "Struck from our record",
    "redacted": "Redacted",
    "linked": "Linked to another claim",
    "unlinked": "Link to another claim removed",
    "joined": "Two names joined as one party",
    "parted": "Two names parted",
    "source_changed": "A source changed",
    "comment_requested": "Comment requested",
}
RELATIONS = {  # between a claim and the other, which is named after the word
    "aspect_of": "is an aspect of",
    "contradicts": "contradicts",
    "follows": "follows",
    "same_as": "is the same as",
    "context": "belongs in the context of",
}
KINDS = {
    "state": "state",
    "ministry": "ministry",
    "agency": "agency",
    "mission": "mission",
    "io": "international organisation",
    "company": "company",
    "media": "media",
    "analyst": "analyst",
    "person": "person",
    "other": "other",
}
SHORT_STANCES = {
    "asserts": "asserts",
    "affirms": "affirms",
    "denies": "denies",
    "evades": "evades",
    "withholds": "withholds",
    "withdrawn": "withdrawn",
}
TAKEN = {  # what a party has withdrawn, by the stance in it
    "asserts": "assertion",
    "affirms": "affirmation",
    "denies": "denial",
    "evades": "answer",
    "withholds": "answer",
}
REGARDED = {  # a statement, as what a party takes back or clarifies
    "reported": "report",
    "alleged": "allegation",
    "confirmed": "confirmation",
    "acknowledged": "acknowledgement",
    "denied": "denial",
    "countered": "another account",
    "dismissed": "dismissal",
    "ncnd": "neither confirmation nor denial",
    "declined": "no comment",
    "unresponsive": "no response",
    "unaware": "word that it does not know",
    "deflected": "referral elsewhere",
    "clarified": "clarification",
    "corrected": "correction",
    "retracted": "retraction",
    "walked_back": "step back",
    "assessed": "assessment",
}
COLUMNS = {
    "reversed": "reversed by itself",
    "affirmed_by_others": "affirmed by others",
    "denied_by_others": "denied by others",
    "vindicated": "the other side's word withdrawn",
    "withdrawn": "withdrawn",
    "standing": "still standing",
}
EXTENTS = {"full": "the whole", "partial": "a part"}
FIELDS = {  # members of a wording and of a statement, by their fields; forms take their labels from here
    "text": "Wording",
    "lang": "Its language",
    "topics": "Topics",
    "about/occurred_on": "When it is to have happened",
    "about/occurred_on_text": "The date in the source's words",
    "about/place": "Where",
    "about/form": "What",
    "about/participants": "Said to take part",
    "about/track": "Track",
    "type": "Did what",
    "party/name": "Party",
    "party/kind": "Kind",
    "party/country": "Country",
    "speaker/name": "Who spoke for it",
    "speaker/role": "Role of the speaker",
    "on_behalf_of/name": "On behalf of",
    "on_behalf_of/kind": "On behalf of (kind)",
    "on_behalf_of/country": "On behalf of (country)",
    "attribution": "Attribution",
    "summary": "What was said, in our words",
    "quote/text": "As spoken, in its own script",
    "quote/lang": "Its language",
    "quote/translation": "Translation",
    "quote/translated_by": "Translated by",
    "said_on": "Said on",
    "said_on_text": "The date in the source's words",
    "extent": "Of the whole claim, or a part",
    "scope": "Which part",
    "strength": "Strength",
    "regarding": "Regarding event (number)",
    "grade": "Grade of a correction",
    "source/publisher": "Publisher",
    "source/title": "Title",
    "source/url": "Address",
    "source/published_on": "Published on",
    "source/archived_url": "Archived copy",
    "source/sha256": "SHA-256 of the source",
    "source/reliability": "Reliability of the source (Admiralty)",
    "credibility": "Credibility of the words (Admiralty)",
    "via": "The chain the words came through",
    "utterance": "Label of the utterance",
    "note": "A remark by the desk",
    "likelihood": "Likelihood (an assessment's)",
    "confidence": "Confidence (an assessment's)",
    "rating/text": "Rating",
    "rating/value": "Rating (value)",
    "rating/best": "Rating (best)",
    "rating/worst": "Rating (worst)",
    "rating/url": "Rating (address)",
}
NO_ANSWER = "No answer came."
NO_ANSWER_BY = "No answer came by %(when)s, the deadline of the request."
IN_PART = "%(word)s in part"
EARLIER = "of an earlier wording"
# One namespace a kind of word: the same code may be a standing, a stance and an event.
WORDS = {
    "earlier": EARLIER,
    **{f"standing.{code}": text for code, text in STANDINGS.items()},
    **{f"stance.{code}": text for code, text in SHORT_STANCES.items()},
    **{f"event.{code}": text for code, text in {**SAID, **KEPT}.items()},
    **{f"relation.{code}": text for code, text in RELATIONS.items()},
    **{f"kind.{code}": text for code, text in KINDS.items()},
    **{f"taken.{code}": text for code, text in TAKEN.items()},
    **{f"regarded.{code}": text for code, text in REGARDED.items()},
    **{f"deed.{code}": text for code, text in DEEDS.items()},
    **{f"attribution.{code}": text for code, text in ATTRIBUTIONS.items()},
    **{f"strength.{code}": text for code, text in STRENGTHS.items()},
    **{f"grade.{code}": text for code, text in GRADES.items()},
    **{f"likelihood.{code}": text for code, text in LIKELIHOODS.items()},
    **{f"confidence.{code}": text for code, text in CONFIDENCES.items()},
    **{f"reliability.{code}": text for code, text in RELIABILITIES.items()},
    **{f"credibility.{code}": text for code, text in CREDIBILITIES.items()},
    **{f"extent.{code}": text for code, text in EXTENTS.items()},
    **{f"field.{code}": text for code, text in FIELDS.items()},
    **{f"column.{code}": text for code, text in COLUMNS.items()},
    **{f"role.{code}": code for code in ROLES},
}
