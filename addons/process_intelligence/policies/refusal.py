"""One way for a policy to say no: a stable code and the facts; the wording belongs to the models."""


class Refusal(ValueError):
    """Input that a policy cannot accept.

    :param code: stable, for example ``unknown_filter``
    :param facts: what the wording needs, JSON-like values
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
