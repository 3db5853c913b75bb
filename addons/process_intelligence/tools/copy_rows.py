"""Rows of a log in PostgreSQL's COPY text format."""

import json

COPY_COLUMNS = (
    "log_id",
    "definition_id",
    "company_id",
    "case_key",
    "activity",
    "ts",
    "line",
    "resource",
    "attributes",
    "origin",
    "objects",
    "worn",
)
_NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class RowWriter:
    """Writes rows to a text file and counts them.

    :param fixed: values of the first columns, the same in every row (None = NULL)
    """

    def __init__(self, file, fixed):
        self._file = file
        self._fixed = "\t".join(
            _NULL if value is None else str(value) for value in fixed
        )
        self.events = 0
        self.cases = set()

    def add(self, line, row):
        attributes = (
            json.dumps(row.attributes, ensure_ascii=False) if row.attributes else None
        )
        values = (
            row.case,
            row.activity,
            row.moment.isoformat(),
            str(line),
            row.resource,
            attributes,
            row.origin,
            json.dumps(row.objects, ensure_ascii=False) if row.objects else None,
            json.dumps(row.worn, ensure_ascii=False) if row.worn else None,
        )
        texts = (
            _NULL if value is None else value.translate(_ESCAPES) for value in values
        )
        self._file.write("\t".join((self._fixed, *texts)) + "\n")
        self.events += 1
        self.cases.add(row.case)
