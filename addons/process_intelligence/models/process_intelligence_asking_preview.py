from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.event_hub.policies.arguments import ANY, MAYBE_TEXT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from .. import const
from ..policies.csv_source import Upload
from ..policies.exchange import ExchangeOptions
from ..policies.refusal import Refusal
from ..tools import wording


class ProcessIntelligenceAskingPreview(models.AbstractModel):
    """Files as they would be imported, before anything is written."""

    _name = "process_intelligence.asking_preview"
    _inherit = ["process_intelligence.asking"]
    _description = "Files before Their Import"

    @takes(data_base64=TEXT, tz=MAYBE_TEXT)
    def preview_xes(self, data_base64, tz="UTC"):
        """What ``import_xes`` would bring; reads the file through and writes nothing.

        :param data_base64, tz: as for ``import_xes``
        :return: ``{"whole", "events", "cases", "at_least", "first", "last", "activities", "attributes", "objects",
            "without_zone", "rejected", "rejected_total", "notes", "first_cases"}``. ``events`` and ``cases`` as the
            import would count them; ``at_least`` names those figures (``cases``, ``activities``) that are too large to
            be counted to their end; ``first`` and ``last`` are instants (UTC, ISO 8601) or false; ``activities`` and
            ``attributes`` ``[{"name", "count"}]``, the most frequent first; ``objects`` (OCEL) ``[{"type", "objects",
            "events"}]``, that of the cases first; ``without_zone`` ``{"times", "read_as": zone, "example": text,
            "example_utc"}``, or false where every time names its zone; ``rejected`` ``[{"line", "event", "reason"}]``
            (at most 100; line of the file, in OCEL the number of the event; ``event`` its id, or false): a file with
            any is not imported; ``notes`` what would be left out, in words; ``first_cases`` ``[{"case", "events",
            "steps": [{"line", "activity", "at", "resource", "attributes"}]}]``, 3 cases with their first 10 steps;
            ``whole`` is true
        :raises ValidationError: the file as a whole cannot be read
        """
        return self._preview(data_base64, ExchangeOptions("xes", tz=tz or "UTC"))

    @takes(data_base64=TEXT, object_type=ANY, tz=MAYBE_TEXT)
    def preview_ocel(self, data_base64, object_type=None, tz="UTC"):
        """What ``import_ocel`` would bring; reads the file and writes nothing.

        :param data_base64, object_type, tz: as for ``import_ocel``
        :return: as ``preview_xes``
        :raises ValidationError: the file as a whole cannot be read, no such type of object
        """
        if object_type and not isinstance(object_type, str):
            raise ValidationError(
                self.env._("object_type must be the name of a type of objects.")
            )
        options = ExchangeOptions("ocel", object_type or None, tz or "UTC")
        return self._preview(data_base64, options)

    @takes(
        data_base64=TEXT,
        case=TEXT,
        activity=TEXT,
        timestamp=TEXT,
        resource=MAYBE_TEXT,
        attributes=ANY,
        timestamp_format=MAYBE_TEXT,
        tz=MAYBE_TEXT,
        delimiter=TEXT,
        lifecycle=MAYBE_TEXT,
    )
    def preview_csv(
        self,
        data_base64,
        case,
        activity,
        timestamp,
        resource=None,
        attributes=None,
        timestamp_format=None,
        tz="UTC",
        delimiter=",",
        lifecycle=None,
    ):
        """What ``import_csv`` would bring; reads the file through and writes nothing.

        :param data_base64, case, activity, timestamp, resource, attributes, timestamp_format, tz, delimiter,
            lifecycle: as for ``import_csv``
        :return: as ``preview_xes``
        :raises ValidationError: the file as a whole cannot be read
        """
        options = self._csv_options(
            *(case, activity, timestamp, resource, attributes),
            *(timestamp_format, tz, delimiter, lifecycle),
        )
        return self._preview(data_base64, options)

    def _preview(self, data_base64, options):
        definition = self._one("write")
        try:
            upload = Upload.decode(data_base64)
            upload.measure(const.MAX_BYTES[getattr(options, "format", "csv")])
            return definition.env["process_intelligence.log"]._preview(upload, options)
        except Refusal as refusal:
            raise wording.refused(self.env, refusal) from refusal
