"""What Lumenta has written down for its customers and for its own people, and what was searched for."""

from dataclasses import dataclass

INTERNAL, CUSTOMERS, PUBLIC = "internal", "customers", "public"
PUBLISHED, REVIEW, OUTDATED = "published", "review", "outdated"


@dataclass(frozen=True)
class Article:
    """`days`: how long ago it was published, or sent to review."""

    key: str
    title: str
    keywords: str
    category: str
    visibility: str
    days: int
    text: tuple[str, ...]  # paragraphs
    language: str = "en"
    state: str = PUBLISHED
    of: str = ""  # key of the article it translates
    helped: tuple[int, int] = (0, 0)  # yes, no


@dataclass(frozen=True)
class Search:
    """`used`: what became of it: opened, inserted or solved `article`; empty: nothing."""

    text: str
    days: int
    channel: str
    used: str = ""
    article: str = ""


ARTICLES: tuple[Article, ...] = (
    Article(
        *("admin", "Add a second administrator", "rights, roles, manage users"),
        *("access", PUBLIC, 81),
        (
            "Only an administrator can appoint another one. It costs no extra seat.",
            "Open Settings, then Users. Choose your colleague and switch on Administrator.",
            "Your colleague sees the new menus after signing in again.",
        ),
        helped=(14, 1),
    ),
    Article(
        *(
            "sso",
            "Single sign-on asks for a password",
            "saml, identity provider, login",
        ),
        *("access", CUSTOMERS, 74),
        (
            "This happens when the certificate of your identity provider was renewed there and not here.",
            "Open Settings, Security, Single sign-on, and paste the new metadata. Test it with one colleague before "
            "you require it for everybody.",
            "Until then people can use Forgot password once.",
        ),
        helped=(9, 2),
    ),
    Article(
        *("export", "Export more than 10,000 rows", "limit, csv, download, auditors"),
        *("question", PUBLIC, 70),
        (
            "The download from a list stops at 10,000 rows, so that pages stay fast.",
            "Use Reports, Scheduled export. It writes all rows to a file and sends you a link that works for a week.",
        ),
        helped=(21, 3),
    ),
    Article(
        *(
            "plan",
            "Which plan includes the audit log?",
            "entitlement, security officer, contract",
        ),
        *("question", CUSTOMERS, 66),
        (
            "The audit log is part of Enterprise. It shows who changed what and when, and is kept for a year.",
            "On Business you see the changes of the last seven days under Settings, Activity.",
        ),
        helped=(5, 0),
    ),
    Article(
        *(
            "address",
            "Correct the address on an invoice",
            "moved, billing address, receipt",
        ),
        *("billing", CUSTOMERS, 60),
        (
            "Invoices that were sent keep the address they had. Change it under Settings, Billing: the next invoice "
            "has the new one.",
            "If you need a corrected document, write to us with the number of the invoice.",
        ),
        helped=(11, 1),
    ),
    Article(
        *(
            "umlauts",
            "Import contacts with umlauts",
            "encoding, utf-8, csv, special characters",
        ),
        *("question", PUBLIC, 55),
        (
            "Save the file as CSV UTF-8. Spreadsheet programs often write another encoding and still call it CSV.",
            "The preview of the import shows the first ten rows. If letters such as ö or ß look wrong there, go back "
            "and choose the encoding Windows-1252.",
        ),
        helped=(8, 0),
    ),
    Article(
        *("umlauts_de", "Kontakte mit Umlauten importieren", "zeichensatz, utf-8, csv"),
        *("question", PUBLIC, 52),
        (
            "Speichern Sie die Datei als CSV UTF-8. Tabellenprogramme schreiben oft einen anderen Zeichensatz.",
            "Die Vorschau zeigt die ersten zehn Zeilen. Sehen Buchstaben wie ö oder ß dort falsch aus, wählen Sie "
            "Windows-1252.",
        ),
        language="de",
        of="umlauts",
    ),
    Article(
        *("seats", "How seats are counted", "users, licences, invoice too high"),
        *("billing", CUSTOMERS, 188),
        (
            "Everybody who signed in during the month takes a seat. Invited people who never came take none.",
            "Deactivate people who left under Settings, Users, before the last day of the month.",
        ),
        helped=(6, 4),
    ),
    Article(
        *(
            "webhook",
            "Webhook calls time out",
            "timeout, retry, warehouse, integration",
        ),
        *("integration", PUBLIC, 40),
        (
            "We wait ten seconds for an answer. Answer with 202 first and do the work afterwards.",
            "Calls that failed are repeated for three days, each time a little later. Under Settings, Webhooks you "
            "see each call and can repeat it.",
        ),
        helped=(12, 1),
    ),
    Article(
        *(
            "sync",
            "Before you pass on a delayed synchronisation",
            "orders missing, hours behind, queue",
        ),
        *("integration", INTERNAL, 33),
        (
            "Look at the queue of the account first: more than 5,000 jobs means an import is running, and it clears "
            "by itself.",
            "Ask for the number of one missing order. If it is not in the queue, pass the ticket on with that number.",
        ),
    ),
    Article(
        *(
            "slow",
            "Everything is slow since the update",
            "performance, loading, half a minute",
        ),
        *("performance", CUSTOMERS, 20),
        (
            "The update of spring made long lists slow. Switch off Totals in the list until the next one.",
        ),
        state=OUTDATED,
    ),
    Article(
        *(
            "lost",
            "Approval steps were lost after an update",
            "configuration, set up again",
        ),
        *("configuration", CUSTOMERS, 2),
        (
            "Your steps are kept in versions. Open Settings, Approvals, Versions, choose the one before the update and "
            "press Restore.",
        ),
        state=REVIEW,
    ),
)

SEARCHES: tuple[Search, ...] = (
    Search("second administrator", 60, "ticket", "inserted", "admin"),
    Search("add adminstrator", 41, "portal", "solved", "admin"),
    Search("admin rights new colleague", 12, "pages", "opened", "admin"),
    Search("sso asks password", 33, "ticket", "inserted", "sso"),
    Search("single sign on", 30, "portal", "opened", "sso"),
    Search("export limit", 50, "portal", "solved", "export"),
    Search("export stops", 28, "form", "solved", "export"),
    Search("downlaod all rows", 9, "portal", "solved", "export"),
    Search("export 10 000 rows auditors", 5, "ticket", "inserted", "export"),
    Search("audit log plan", 25, "ticket", "inserted", "plan"),
    Search("invoice adress", 21, "portal", "solved", "address"),
    Search("wrong address invoice", 8, "ticket", "inserted", "address"),
    Search("umlauts import", 18, "form", "opened", "umlauts"),
    Search("webhook timeout", 16, "ticket", "inserted", "webhook"),
    Search("webhooks failing", 3, "pages", "opened", "webhook"),
    Search("seats invoice", 14, "portal"),
    Search("seats counted twice", 6, "portal"),
    Search("seats counted twice", 2, "ticket"),
    *(Search("dark mode", days, "portal") for days in (27, 19, 11, 4, 1)),
    *(Search("restore deleted contacts", days, "form") for days in (22, 10, 2)),
    *(Search("two factor phone lost", days, "ticket") for days in (13, 7)),
)
