"""The cast of the demo: invented companies and what they write about."""

from dataclasses import dataclass

STRATEGIC, GROWTH, STANDARD = "strategic", "growth", "standard"

#: what happens to an account; drives its tickets, payments and usage
STEADY = "steady"
PAYING_LATE = "paying_late"
FRICTION = "friction"
FADING = "fading"
DISPUTING = "disputing"
ONBOARDING = "onboarding"
SINKING = "sinking"  # pays late, disputes, complains and fades at once


@dataclass(frozen=True)
class Cast:
    """`renewal_days`: days from today to the renewal date."""

    name: str
    city: str
    tier: str
    plan: str
    seats: int
    renewal_days: int
    plot: str = STEADY


#: plan key: (name, price of a seat in EUR, period)
PLANS: dict[str, tuple[str, float, str]] = {
    "team": ("Team", 19.0, "month"),
    "business": ("Business", 39.0, "month"),
    "enterprise": ("Enterprise", 696.0, "year"),
}

#: ACC-001 first. The first five are strategic.
CAST: tuple[Cast, ...] = (
    Cast("Borealis Freight", "Hamburg", STRATEGIC, "enterprise", 420, 47),
    Cast("Cobalt Insurance", "Rotterdam", STRATEGIC, "enterprise", 310, 121, FRICTION),
    Cast("Delta Pharma Supply", "Basel", STRATEGIC, "enterprise", 260, 19, DISPUTING),
    Cast("Ember Retail Group", "Lyon", STRATEGIC, "enterprise", 540, 203),
    Cast("Fjord Energy Services", "Bergen", STRATEGIC, "enterprise", 190, 88),
    Cast("Garnet Logistics", "Antwerp", GROWTH, "business", 120, 63, PAYING_LATE),
    Cast("Halcyon Clinics", "Vienna", GROWTH, "business", 85, 154),
    Cast("Indigo Media House", "Berlin", GROWTH, "business", 64, 31, FADING),
    Cast("Juniper Foods", "Parma", GROWTH, "business", 140, 240),
    Cast("Kestrel Aviation Parts", "Toulouse", GROWTH, "business", 95, 112, FRICTION),
    Cast("Larkspur Hotels", "Lisbon", GROWTH, "business", 110, 75),
    Cast("Meridian Tutors", "Dublin", GROWTH, "business", 58, 301),
    Cast("Northwind Tooling", "Graz", GROWTH, "business", 72, 26, ONBOARDING),
    Cast("Ochre Design", "Milan", STANDARD, "team", 18, 140),
    Cast("Pinecone Accounting", "Leeds", STANDARD, "team", 12, 58),
    Cast("Quarry Stoneworks", "Porto", STANDARD, "team", 22, 210),
    Cast("Ridgeline Outdoor", "Innsbruck", STANDARD, "team", 34, 12, FADING),
    Cast("Saffron Kitchens", "Valencia", STANDARD, "team", 9, 95),
    Cast("Tamarind Travel", "Ghent", STANDARD, "team", 27, 180, PAYING_LATE),
    Cast("Umber Books", "Prague", STANDARD, "team", 14, 330),
    Cast("Velvet Events", "Madrid", STANDARD, "team", 21, 66),
    Cast("Willow Dental", "Zurich", STANDARD, "team", 16, 44),
    Cast("Xenon Labs", "Leuven", STANDARD, "business", 30, 127),
    Cast("Yarrow Garden Centres", "Utrecht", STANDARD, "team", 25, 270),
    Cast("Zephyr Cycling", "Girona", STANDARD, "team", 11, 83),
    Cast("Alder Legal", "Edinburgh", STANDARD, "business", 26, 39),
    Cast("Birch Property Care", "Aarhus", STANDARD, "team", 19, 160),
    Cast("Cinder Ceramics", "Delft", STANDARD, "team", 8, 220, FRICTION),
    Cast("Dapple Kindergartens", "Bonn", STANDARD, "team", 40, 101),
    Cast("Elmwood Joinery", "Salzburg", STANDARD, "team", 13, 71),
    Cast("Foxglove Apothecary", "Turin", STANDARD, "team", 10, 290),
    Cast("Gable Architects", "Malmo", STANDARD, "business", 22, 52),
    Cast("Harbour Fishmarket", "Vigo", STANDARD, "team", 15, 190),
    Cast("Isle Ferries", "Split", STANDARD, "team", 33, 29, SINKING),
    Cast("Jasper Watches", "Bienne", STANDARD, "team", 12, 146),
    Cast("Kiln Bakery", "Nantes", STANDARD, "team", 20, 23, PAYING_LATE),
    Cast("Linden Language School", "Krakow", STANDARD, "team", 24, 260),
    Cast("Maple Instruments", "Cremona", STANDARD, "team", 7, 340),
    Cast("Nettle Cosmetics", "Nice", STANDARD, "team", 17, 34, FADING),
    Cast("Opal Opticians", "Cork", STANDARD, "team", 14, 98),
)

#: title, description, category, severity (1 worst … 4)
QUESTIONS: tuple[tuple[str, str, str, int], ...] = (
    (
        "How do I add a second administrator?",
        "We have a new colleague who should manage users.",
        "how_to",
        4,
    ),
    (
        "Report shows last month twice",
        "The revenue report lists October two times.",
        "bug",
        3,
    ),
    (
        "Single sign-on asks for a password",
        "Since Monday some users see the password page.",
        "access",
        2,
    ),
    ("Export stops at 10,000 rows", "We need all rows for the auditors.", "limits", 3),
    (
        "Which plan includes the audit log?",
        "Our security officer asks what our contract covers.",
        "entitlement",
        4,
    ),
    (
        "Invoice shows the old address",
        "We moved in spring, please correct the address.",
        "billing",
        4,
    ),
    (
        "Import of contacts rejects umlauts",
        "The file is UTF-8, the import says it is not.",
        "bug",
        3,
    ),
    (
        "Seats were counted twice",
        "The invoice has twelve seats more than we have users.",
        "billing",
        3,
    ),
)

#: what accounts in friction write, again and again
TROUBLE: tuple[tuple[str, str, str, int], ...] = (
    (
        "Synchronisation is hours behind",
        "Orders of this morning are still missing.",
        "bug",
        2,
    ),
    (
        "Everything is slow since the update",
        "Pages take half a minute to open.",
        "performance",
        2,
    ),
    ("Webhook calls time out", "Our warehouse gets no orders.", "integration", 1),
    (
        "Configuration was lost again",
        "Third time this month that we set up the approval steps.",
        "configuration",
        2,
    ),
    (
        "Nobody answered our last ticket",
        "We wrote on Tuesday and heard nothing.",
        "service",
        2,
    ),
)

#: why a card or a transfer failed
DECLINES = ("insufficient_funds", "card_expired", "do_not_honor")
