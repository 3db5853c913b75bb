"""One check for the arguments of public methods, whichever door a call comes through.

::

    @takes(plan_id=id_of("saas_risk.plan"), seats=MAYBE_WHOLE, when=one_of("now", "renewal"))
    def change_plan(self, plan_id, seats=None, when="now"):

An argument of another kind is refused in words (HTTP 422); the id of a record that does not
exist is missing (HTTP 404). A method that takes arguments declares them all; a test sees to it.
"""

import functools
import inspect

from odoo.exceptions import MissingError, ValidationError

from ..policies import arguments


def takes(**kinds):
    """Refuse arguments that are not of the given kinds.

    :param kinds: ``Kind`` by parameter name, all of the method's parameters
    """

    def decorate(method):
        signature = inspect.signature(method)
        missing = set(signature.parameters) - {"self", *kinds}
        assert not missing, f"{method.__qualname__} does not say what {missing} are"

        @functools.wraps(method)
        def checked(self, *args, **kwargs):
            given = signature.bind(self, *args, **kwargs).arguments
            for name, kind in kinds.items():
                if name in given:
                    _check(self, method.__name__, name, kind, given[name])
            return method(self, *args, **kwargs)

        checked.argument_kinds = kinds
        return checked

    return decorate


def _check(records, method, name, kind, value):
    if not arguments.fits(kind, value):
        raise ValidationError(
            records.env._(
                "%(method)s: '%(name)s' must be %(wanted)s, not %(value)s.",
                method=method,
                name=name,
                wanted=wanted_words(records.env, kind),
                value=records.env._("what was given")
                if kind.secret
                else arguments.shown(value),
            )
        )
    if kind.model and _is_given(kind, value):
        require_records(
            records.env[kind.model], [value] if kind.code == "id" else value
        )


def _is_given(kind, value):
    """The id 0 is that of no record; null and false are none at all."""
    if kind.code == "id":
        return not (value is None or value is False)
    return kind.code == "ids" and bool(value)


def require_records(model, ids):
    """:raises MissingError: there is no record with one of these ids

    Who may not read the model at all learns nothing here; the method itself refuses.
    """
    if not model.has_access("read"):
        return
    known = set(model.browse(set(arguments.storable_ids(ids))).exists().ids)
    missing = sorted(set(ids) - known)
    if missing:
        raise MissingError(
            model.env._(
                "%(model)s: there is no record with id %(ids)s. It may have been deleted; search for it anew.",
                model=model._description,
                ids=", ".join(arguments.shown(id_) for id_ in missing[:10]),
            )
        )


def wanted_words(env, kind):
    """:return: what a kind asks for, as the middle of a sentence"""
    if kind.choices:
        return env._("one of: %(choices)s", choices=", ".join(kind.choices))
    words = {
        "text": env._("text"),
        "flag": env._("true or false"),
        "whole": env._("a whole number from 0 to %(most)s", most=arguments.MAX_WHOLE),
        "id": env._("the id of a record, a whole number"),
        "ids": env._("a list of record ids, whole numbers"),
        "object": env._("an object with names and values"),
        "text_or_object": env._("text, or an object with names and values"),
        "texts": env._("a list of texts"),
    }[kind.code]
    return env._("%(kind)s, or null", kind=words) if kind.optional else words
