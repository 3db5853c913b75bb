"""What is held until it is approved: rules, and which of them an action touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

BLOCK = "block"  # refused; whoever has an approval does it themselves
CHANGE = "change"  # kept as a request, and carried out once approved
MODES = [(BLOCK, "Refuse it"), (CHANGE, "Keep it as a change request")]

# operations of a request, besides names of methods
CREATE = "create"
WRITE = "write"
UNLINK = "unlink"
ORM_OPERATIONS = frozenset({CREATE, WRITE, UNLINK})

# Who governs these locks everybody out, or the engine itself.
NEVER = (
    "ir.",
    "base.",
    "bus.",
    "mail.",
    "auth_",
    "res.users",
    "res.groups",
    "approval_engine.",
    "event_hub.",
)

# kinds of fields that can be held: one value, seen from one side only; or lines
VALUES = frozenset(
    "boolean char date datetime float html integer many2one monetary selection text".split()
)
LINES = "one2many"

# why a field cannot be held; the wording belongs to the model
UNSTORED = "unstored"  # computed on the fly, or it belongs to another record
TWO_SIDED = "two_sided"  # its other side could change it unseen
NOT_A_VALUE = "not_a_value"  # binary, properties, references


def is_never(model: str) -> bool:
    """:return: whether a model must not be governed at all"""
    return model == "base" or model.startswith(NEVER)


def field_problem(
    *, kind: str, store: bool, inherited: bool, has_inverse: bool
) -> str | None:
    """:param has_inverse: for one2many: its lines name their parent in a stored field"""
    if inherited:
        return UNSTORED
    if kind == LINES:
        return None if has_inverse else UNSTORED
    if kind == "many2many":
        return TWO_SIDED
    if kind not in VALUES:
        return NOT_A_VALUE
    return None if store else UNSTORED


@dataclass(frozen=True, eq=False)
class Rule:
    """One governance as the gate sees it."""

    key: str  # "governed:<id>", or "model:<name>" where the model says so itself
    name: str
    model: str
    type_code: str
    mode: str = BLOCK
    creates: bool = False
    writes: bool = False
    deletes: bool = False
    enters: bool = False  # holds whatever makes a record match the domain
    fields: tuple[str, ...] = ()  # what an approval approves
    judged_only: frozenset[str] = (
        frozenset()
    )  # of these: free to change where the record stays out of the domain
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    computed: frozenset[str] = (
        frozenset()
    )  # stored, and nobody's to write: change at the flush
    methods: frozenset[str] = frozenset()
    domain: tuple[object, ...] = ()
    domain_fields: frozenset[str] = frozenset()
    amount_field: str = ""
    currency_field: str = ""
    account_field: str = ""
    company_id: int = 0
    in_force: tuple[object, ...] | None = (
        None  # domain: which records bind somebody; None: not said
    )
    in_force_at: str = ""  # date or datetime field: since when

    def touched(self, names: Collection[str]) -> frozenset[str]:
        """:return: those of the fields written that are held"""
        return self.held.intersection(names) if self.writes else NONE

    @property
    def held(self) -> frozenset[str]:
        return frozenset(self.fields) - self.judged_only

    def may_enter(self, names: Collection[str]) -> bool:
        return self.enters and bool(self.domain_fields.intersection(names))

    def watched(self) -> frozenset[str]:
        """:return: columns to look at when the database is written: no ``write`` names them"""
        held = self.held if self.writes else NONE
        entered = self.domain_fields if self.enters else NONE
        return self.computed.intersection(held | entered)


NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lines:
    """Seen from the model of the lines: whose lines they are."""

    rule: Rule
    field: str  # of the parent
    inverse: str  # of the line
    names: frozenset[str]  # fields of a line that count


@dataclass(frozen=True)
class Gate:
    rules: tuple[Rule, ...] = ()
    lines: tuple[Lines, ...] = ()
    watched: frozenset[str] = frozenset()

    @property
    def methods(self) -> frozenset[str]:
        return frozenset().union(*(rule.methods for rule in self.rules))


def gates(rules: Iterable[Rule], lines: Iterable[tuple[str, Lines]]) -> dict[str, Gate]:
    """:param lines: (model of the lines, whose they are)
    :return: ``{model: what its create, write and unlink have to ask}``
    """
    by_model: dict[str, list[Rule]] = {}
    by_line: dict[str, list[Lines]] = {}
    for rule in rules:
        by_model.setdefault(rule.model, []).append(rule)
    for model, one in lines:
        by_line.setdefault(model, []).append(one)
    return {
        model: Gate(
            tuple(by_model.get(model, ())),
            tuple(by_line.get(model, ())),
            frozenset().union(*(rule.watched() for rule in by_model.get(model, ()))),
        )
        for model in {*by_model, *by_line}
    }


def domain_fields(domain: Iterable[object]) -> frozenset[str]:
    """:return: the fields of the record itself that a domain looks at"""
    return frozenset(
        str(leaf[0]).split(".", 1)[0]
        for leaf in domain
        if isinstance(leaf, list | tuple) and leaf
    )
