from odoo import api, models


class EventHubSubject(models.AbstractModel):
    """A model that incoming events are about.

    Handlers are methods ``_hub_on_<name>(self, events)``, named by ``event_hub.event_type.handler``.
    They get new ledger events of one type, in order, and run as the source's service user.
    """

    _name = "event_hub.subject"
    _inherit = ["event_hub.emitter"]
    _description = "Subject of incoming events"

    @api.model
    def _hub_subjects(self, incoming):
        """Find or create the record that each event is about.

        :param incoming: list of ``Incoming``, all of one company
        :return: list of records of this model, same order and length; one query per
            model for the whole list. Raise ``ParkMessage`` if one cannot be found.
        """
        raise NotImplementedError(
            f"{self._name} does not say which record an event is about"
        )
