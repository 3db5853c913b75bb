import functools

from odoo import api, models


class ApprovalEngineGoverned(models.Model):
    """Buttons: the methods that are held are wrapped on the classes of the registry.

    Other than those of create, write and unlink, such patches stay when an Automation Rule is edited.
    """

    _inherit = "approval_engine.governed"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        governances = super().create(vals_list)
        governances._changed_methods()
        return governances

    def write(self, vals):
        result = super().write(vals)
        self._changed_methods()
        return result

    def unlink(self):
        result = super().unlink()
        self._changed_methods()
        return result

    def _changed_methods(self):
        """Wrap what is held now; other processes hear of it at the commit."""
        if self._wrap_methods() and self.env.registry.ready:
            self.env.registry.registry_invalidated = True

    def _register_hook(self):
        super()._register_hook()
        self._wrap_methods()

    @api.model
    def _wrap_methods(self):
        """A wrapper that is needed no more asks the gate, and calls what it wraps.

        :return: whether a method was wrapped that was not before
        """
        new = False
        for model, gate in self._gates().items():
            for name in gate.methods:
                new |= _wrap(self.env.registry[model], name)
        return new


def _wrap(model_class, name):
    origin = getattr(model_class, name, None)
    if origin is None or hasattr(origin, "approval_origin"):
        return False

    @functools.wraps(origin)
    def held(self, *args, **kwargs):
        return self._approval_call(name, origin, args, kwargs)

    held.approval_origin = origin
    setattr(model_class, name, held)
    return True
