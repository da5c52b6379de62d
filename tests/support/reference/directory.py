"""Define the directory by looking through its whole history for every question.

A history is the list of all directory statements so far, each as (labels of signers,
body); their places in the list are their indices. Nothing is carried along: who is the
registrar, whose a key is and what it may do is asked of the history each time.
"""


def label(vkey):
    """Return the name and id of a vkey."""
    return "+".join(vkey.split("+", 2)[:2])


def material(vkey):
    """Return what a vkey says besides the name and id: kind and key."""
    return vkey.split("+", 2)[2]


def named(history, *actions):
    """Return the bodies of some actions, oldest first."""
    return [body for _, body in history if body["action"] in actions]


def registrar(history):
    """Return the label of the registrar's key."""
    return label(named(history, "genesis", "rotate")[-1]["registrar"])


def ledger_keys(history):
    """Return the vkeys of the ledger in force."""
    keys = list(named(history, "genesis")[0]["ledger_keys"])
    for body in named(history, "ledger-key"):
        if "add" in body:
            keys.append(body["add"])
        else:
            keys.remove(body["retire"])
    return keys


def ever_bound(history):
    """Return every vkey that was ever bound."""
    keys = []
    for body in named(history, "genesis"):
        keys += [body["registrar"], *body["recovery"]["keys"], *body["ledger_keys"]]
    keys += [body["key"] for body in named(history, "authorize")]
    keys += [body["registrar"] for body in named(history, "rotate")]
    return keys + [
        body["add"] for body in named(history, "ledger-key") if "add" in body
    ]


def is_free(history, vkey):
    """Return whether neither the bytes nor the name and id were bound."""
    return not any(
        material(known) == material(vkey) or label(known) == label(vkey)
        for known in ever_bound(history)
    )


def admitted(history, party):
    """Return the last admission of a party, or None."""
    found = [body for body in named(history, "admit") if body["party"] == party]
    return found[-1] if found else None


def authorization(history, signer):
    """Return the body that binds a label to a party, if it is in force."""
    if any(label(body["key"]) == signer for body in named(history, "revoke")):
        return None
    found = [b for b in named(history, "authorize") if label(b["key"]) == signer]
    return found[0] if found else None


def in_force(history):
    """Return the labels of all parties' keys in force, sorted."""
    labels = {label(body["key"]) for body in named(history, "authorize")}
    return sorted(each for each in labels if authorization(history, each))


def decides(history, signer, party):
    """Return whether a signer is the registrar or an officer of a party."""
    bound = authorization(history, signer)
    is_officer = bound and bound["party"] == party and bound.get("officer", False)
    return signer == registrar(history) or bool(is_officer)


def may_state(history, signers, step, disposition, persistent):
    """Return whether an event of these signers is authorised."""
    bound = [authorization(history, signer) for signer in signers]
    if None in bound:
        return False
    issuer = bound[0]
    limits = [admitted(history, issuer["party"])["rights"]]
    if "on_behalf_of" in issuer:
        limits.append(admitted(history, issuer["on_behalf_of"])["rights"])
    if "rights" in issuer:
        limits.append(issuer["rights"])
    return all(
        [step, disposition] in rights["steps"]
        and set(persistent) <= set(rights["persistent"])
        for rights in limits
    )


def is_allowed(history, signers, body):
    """Return whether a directory statement is authorised after a history."""
    judges = {
        "genesis": _genesis,
        "admit": _admit,
        "authorize": _authorize,
        "revoke": _revoke,
        "rotate": _rotate,
        "ledger-key": _ledger_key,
    }
    if (body["action"] == "genesis") != (not history):
        return False
    return judges[body["action"]](history, signers, body)


def _genesis(_history, signers, body):
    keys = [body["registrar"], *body["recovery"]["keys"], *body["ledger_keys"]]
    is_distinct = len(set(map(material, keys))) == len(keys)
    return signers == [label(body["registrar"])] and is_distinct


def _admit(history, signers, body):
    others = [
        prefix + "/"
        for party in {each["party"] for each in named(history, "admit")}
        if party != body["party"]
        for prefix in admitted(history, party)["prefixes"]
    ]
    own = [prefix + "/" for prefix in body["prefixes"]]
    overlaps = any(a.startswith(b) or b.startswith(a) for a in own for b in others)
    return signers == [registrar(history)] and not overlaps


def _authorize(history, signers, body):
    party = admitted(history, body["party"])
    other = body.get("on_behalf_of")
    if party is None or (other and admitted(history, other) is None):
        return False
    by_registrar = signers[0] == registrar(history)
    needs_consent = other is not None and not by_registrar
    rights = body.get("rights", {"steps": [], "persistent": []})
    return (
        decides(history, signers[0], body["party"])
        and len(signers) == 2 + needs_consent
        and signers[1] == label(body["key"])
        and (not needs_consent or decides(history, signers[2], other))
        and (by_registrar or not body.get("officer"))
        and all(step in party["rights"]["steps"] for step in rights["steps"])
        and set(rights["persistent"]) <= set(party["rights"]["persistent"])
        and is_free(history, body["key"])
    )


def _revoke(history, signers, body):
    bound = [(b["party"], b["key"]) for b in named(history, "authorize")]
    if (body["party"], body["key"]) not in bound or len(signers) != 1:
        return False
    is_itself = signers == [label(body["key"])] and authorization(history, signers[0])
    return bool(is_itself) or decides(history, signers[0], body["party"])


def _rotate(history, signers, body):
    new = label(body["registrar"])
    recovery = named(history, "genesis")[0]["recovery"]
    places = [label(vkey) for vkey in recovery["keys"]]
    chosen = [signer for signer in places if signer in signers]
    by_recovery = recovery["k"] > 0 and len(chosen) == recovery["k"]
    return is_free(history, body["registrar"]) and (
        signers == [registrar(history), new]
        or (by_recovery and signers == [new, *chosen])
    )


def _ledger_key(history, signers, body):
    if signers != [registrar(history)]:
        return False
    if "add" in body:
        return is_free(history, body["add"])
    keys = ledger_keys(history)
    return body["retire"] in keys and len(keys) > 1
