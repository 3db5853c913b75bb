"""What an import would bring: as an answer over RPC, and as a page to read."""

from markupsafe import Markup

from odoo.tools.misc import formatLang

from ..policies.exchange_in import OcelReader
from ..policies.import_preview import look
from . import wording

ACTIVITIES_NAMED = 12
CELL = 60  # characters of a value in the table


def answer_of(env, log, reader, tz, most=None):
    """The answer of ``definition.preview_xes``.

    :param log: model of imports, which words the notes
    :param reader: of the file; :param tz: zone of times that name none
    """
    found = look(reader.rows(), most)
    kinds = reader.kinds() if isinstance(reader, OcelReader) else []
    return {
        "whole": found.whole,
        "events": found.events,
        "cases": found.cases,
        "at_least": found.at_least,
        "first": _instant(found.first),
        "last": _instant(found.last),
        "activities": _counted(found.activities),
        "attributes": _counted(found.attributes),
        "objects": [
            {"type": name, "objects": objects, "events": events}
            for name, objects, events in kinds
        ],
        "without_zone": _without_zone(reader.tally, tz),
        "rejected": [_refused(env, rejection) for rejection in found.rejected],
        "rejected_total": found.rejected_total,
        "notes": log._notes(reader),
        "first_cases": [
            {
                "case": shown.case,
                "events": shown.total,
                "steps": [_step(line, row) for _at, _place, line, row in shown.steps],
            }
            for shown in found.shown.values()
        ],
    }


def _instant(moment):
    return moment.isoformat() + "Z" if moment else False


def _counted(counter):
    """The most frequent first."""
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "count": count} for name, count in ranked]


def _without_zone(tally, tz):
    if not tally.zoneless:
        return False
    text, utc = tally.zoneless_example
    return {
        "times": tally.zoneless,
        "read_as": tz,
        "example": text,
        "example_utc": _instant(utc),
    }


def _refused(env, rejection):
    reason = wording.reason(env, rejection.code, rejection.facts)
    event = rejection.event.encode("utf-8", "replace").decode()[:255] if rejection.event else False  # fmt: skip
    return {"line": rejection.line, "event": event, "reason": reason}


def _step(line, row):
    return {
        "line": line,
        "activity": row.activity,
        "at": _instant(row.moment),
        "resource": row.resource or False,
        "attributes": row.attributes,
    }


def notes(env, reader):
    """:return: what was left out or read in a way that somebody should know, in words"""
    tally, clock = reader.tally, reader.to_utc
    found = [
        env._(
            "%(count)s times “?” in the column %(column)s means unknown and was left out.",
            count=count,
            column=column,
        )
        for column, count in tally.missing_marks.items()
    ]
    if tally.without_object:
        found.append(
            env._(
                "%(count)s events touch no object of the chosen type and were left out.",
                count=tally.without_object,
            )
        )
    if tally.zoneless and tally.zoned:
        found.append(
            env._(
                "Some times name a zone. Those that name none were read as %(zone)s: %(count)s.",
                zone=clock.name,
                count=tally.zoneless,
            )
        )
    if clock.jumped:
        found.append(
            env._(
                "Times that the clocks of %(zone)s jumped over: %(count)s. They were read as the moment of the jump. "
                "Check the time zone.",
                zone=clock.name,
                count=clock.jumped,
            )
        )
    if clock.doubled:
        found.append(
            env._(
                "Times that the clocks of %(zone)s showed twice: %(count)s. The first time was meant.",
                zone=clock.name,
                count=clock.doubled,
            )
        )
    return found


# ---------------------------------------------------------------------- to read


def page_of(env, sight):
    """The answer as Markup; all that comes from the file is escaped."""
    parts = [_refusals(env, sight), _counts(env, sight), _kinds(env, sight)]
    parts += [_zones(env, sight), *map(_paragraph, sight["notes"]), _cases(env, sight)]
    return Markup("").join(part for part in parts if part)


def refused_page(reason):
    return Markup('<div class="alert alert-danger">%s</div>') % reason


def _paragraph(text):
    return Markup("<p>%s</p>") % text


def _number(env, value):
    return formatLang(env, value, digits=0)


def _figure(env, sight, name, value):
    number = _number(env, value)
    return env._("at least %s", number) if name in sight["at_least"] else number


def _moment(text):
    return text[:19].replace("T", " ")


def _counts(env, sight):
    if not sight["events"]:
        return False
    told = env._(
        "%(events)s steps of %(cases)s cases, from %(first)s to %(last)s (UTC).",
        events=_number(env, sight["events"]),
        cases=_figure(env, sight, "cases", sight["cases"]),
        first=_moment(sight["first"]),
        last=_moment(sight["last"]),
    )
    if not sight["whole"]:
        told = env._("Of the beginning of the file: %s", told)
    shown = sight["activities"][:ACTIVITIES_NAMED]
    names = [f"{item['name'][:CELL]} ({_number(env, item['count'])})" for item in shown]
    names += ["…"] if len(sight["activities"]) > ACTIVITIES_NAMED else []
    activities = env._(
        "%(count)s activities: %(names)s",
        count=_figure(env, sight, "activities", len(sight["activities"])),
        names=", ".join(names),
    )
    return Markup("<p><strong>%s</strong><br/>%s</p>") % (told, activities)


def _kinds(env, sight):
    named = [
        env._(
            "%(type)s: %(objects)s in %(events)s events",
            type=kind["type"][:CELL],
            objects=_number(env, kind["objects"]),
            events=_number(env, kind["events"]),
        )
        for kind in sight["objects"]
    ]
    return named and _paragraph(env._("Kinds of objects: %s", "; ".join(named)))


def _zones(env, sight):
    told = sight["without_zone"]
    if not told:
        return sight["events"] and _paragraph(env._("Every time names its zone."))
    return _paragraph(
        env._(
            "%(count)s times name no zone and are read as %(zone)s: %(example)s is %(utc)s (UTC).",
            count=_number(env, told["times"]),
            zone=told["read_as"],
            example=told["example"][:CELL],
            utc=_moment(told["example_utc"]),
        )
    )


def _refusals(env, sight):
    if not sight["rejected_total"]:
        return False
    told = env._(
        "Cannot be read: %s events. So nothing would be imported; mend them in the file and upload it again.",
        _number(env, sight["rejected_total"]),
    )
    with_ids = any(item["event"] for item in sight["rejected"])
    header = [env._("Number") if with_ids else env._("Line")]
    header += [env._("Event")] if with_ids else []
    rows = [
        [str(item["line"])]
        + ([item["event"] or ""] if with_ids else [])
        + [item["reason"]]
        for item in sight["rejected"]
    ]
    return Markup('<div class="alert alert-danger"><p>%s</p>%s</div>') % (
        told,
        table([*header, env._("Reason")], rows),
    )


def _cases(env, sight):
    rows = []
    for case in sight["first_cases"]:
        for step in case["steps"]:
            attributes = [
                f"{key}: {value}" for key, value in step["attributes"].items()
            ]
            rows.append(
                [
                    case["case"][:CELL],
                    step["activity"][:CELL],
                    _moment(step["at"]),
                    (step["resource"] or "")[:CELL],
                    ", ".join(attributes)[: 2 * CELL],
                ]
            )
        left = case["events"] - len(case["steps"])
        if left:
            rows.append(
                [case["case"][:CELL], env._("%s further steps", left), "", "", ""]
            )
    if not rows:
        return False
    header = [env._("Case"), env._("Step"), env._("Time (UTC)"), env._("Who"), env._("Attributes")]  # fmt: skip
    return Markup("<h5>%s</h5>%s") % (
        env._("First cases as they will be"),
        table(header, rows),
    )


def table(header, rows):
    """A table of escaped cells."""
    cells = Markup("").join
    head = cells(Markup("<th>%s</th>") % name for name in header)
    body = cells(
        Markup("<tr>%s</tr>") % cells(Markup("<td>%s</td>") % value for value in row)
        for row in rows
    )
    return Markup(
        '<div class="table-responsive"><table class="table table-sm table-striped"><thead><tr>%s</tr></thead>'
        "<tbody>%s</tbody></table></div>"
    ) % (head, body)
