"""Requests as people send them. All people are invented; their numbers only have right control digits."""

KINDS = ("access", "correction", "blocking", "deletion", "consent_withdrawal", "objection", "claim")


def iin(number):
    """The number-th made-up IIN, of somebody born on 1 January 1990."""
    for serial in range(number, 10_000):
        digits = [int(digit) for digit in f"9001014{serial:04}"]
        control = sum(digit * weight for digit, weight in zip(digits, range(1, 12))) % 11
        if control == 10:
            control = sum(digit * weight for digit, weight in zip(digits, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))) % 11
        if control < 10:
            return "".join(map(str, [*digits, control]))
    return None


def form(kind, email, number):
    """A request of this kind, with its parts."""
    subject = {"full_name": "Айгүл Сәрсенова", "email": email, "phone": f"+7701{number:07}"}
    known = iin(number)
    if known:
        subject["iin"] = known
    parts = {
        "correction": {"corrections": [{"field": "phone", "current": "old", "desired": "new"}]},
        "blocking": {"grounds": ["inaccurate"]},
        "deletion": {"grounds": ["purpose_reached"]},
        "consent_withdrawal": {"withdrawal": {"scope": "all"}, "acknowledged": ["agreement_may_end"]},
        "objection": {"objection": {"to": "a score that refuses me a contract"}},
        "claim": {"claim": {"remedy": "an apology in writing"}},
    }
    return {"kind": kind, "language": "en", "subject": subject, "submitted_by": {"capacity": "subject"}, **parts.get(kind, {})}
