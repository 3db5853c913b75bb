import functools
import json
import os

import psycopg2
from werkzeug.exceptions import NotFound

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.modules.module import Manifest
from odoo.modules.registry import Registry
from odoo.tools import LazyTranslate

from ..policies import arguments
from ..tools.arguments import require_records

_lt = LazyTranslate(__name__)

RPC_TYPES = ("json2", "jsonrpc")
# What arguments of the wrong kind end in, wherever they are used.
BAD_INPUT = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
    psycopg2.DataError,
)
# These may as well be our own mistake; inside Odoo's own ORM they are the caller's.
BAD_INPUT_IN_ORM = (
    AttributeError,
    AssertionError,
    NotImplementedError,
    psycopg2.ProgrammingError,
)
ORM_FOLDERS = tuple(
    os.path.join("odoo", *folder.split("/")) + os.sep
    for folder in ("orm", "tools", "service", "addons/web/models")
)
# They hand SQL on, for the ORM as for us: who asked is one call further out.
CARRIERS = tuple(
    os.path.join(*place.split("/"))
    for place in (
        "odoo/sql_db.py",
        "odoo/tests/test_cursor.py",
        "odoo/orm/environments.py",
        "psycopg2/extensions.py",
    )
)
DOOR = "/hub/v1/"
WEB_CLIENT_CALLS = ("/web/dataset/call_kw", "/web/dataset/call_button")
BAD_INPUT_MESSAGE = (
    "The server could not use these arguments: check names, types and ids."
)
BUG_MESSAGE = "Something went wrong on the server. It is in the server's log."


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """No page, file or record has NUL in its address, and the database cannot even look for one.

        The door of events says so itself, in its own words.
        """
        if arguments.UNUSABLE in path_info and not path_info.startswith(DOOR):
            raise NotFound()
        return super()._match(path_info)

    @classmethod
    def _serve_fallback(cls):
        if arguments.UNUSABLE in request.httprequest.path:
            return None
        return super()._serve_fallback()

    @classmethod
    def _dispatch(cls, endpoint):
        """Refuse what no method of ours can use, before one of them is called."""
        routing_type = request.dispatcher.routing_type
        if routing_type in RPC_TYPES:
            _require_usable_text(request.params)
        if routing_type == "json2":
            _require_object(request.dispatcher.jsonrequest)
            _require_records(**request.params)
        if request.httprequest.path.startswith(WEB_CLIENT_CALLS):
            _require_called_records(request.env, **request.params)
        if request.httprequest.path == "/jsonrpc":
            require_called_ids(**request.params)
        return super()._dispatch(endpoint)

    @classmethod
    def _handle_error(cls, exception):
        """RPC errors say what is wrong, and neither how the server is built nor what it holds."""
        response = super()._handle_error(exception)
        routing_type = request.dispatcher.routing_type
        if routing_type not in RPC_TYPES or not hasattr(response, "get_data"):
            return response
        try:
            body = json.loads(response.get_data())
        except ValueError:
            return response
        error = body.get("error", {}).get("data") if routing_type == "jsonrpc" else body
        if not isinstance(error, dict) or "debug" not in error:
            return response
        error["debug"] = ""
        words = public_words(exception)
        if words:
            error["message"] = words
            error["arguments"] = [words]
            error["context"] = {}
            if words != BUG_MESSAGE and routing_type == "json2":
                response.status_code = 422
        response.set_data(json.dumps(body))
        return response


def _require_usable_text(params):
    place = arguments.unusable_text(params)
    if place is not None:
        raise UserError(
            request.env._(
                "%(place)s: this text cannot be stored. It holds half of a character (a lone surrogate) or the "
                "character NUL.",
                place=place or request.env._("The arguments"),
            )
        )


def _require_object(body):
    if body is not None and not isinstance(body, dict):
        raise UserError(
            request.env._(
                "The body must be an object with the arguments by name, such as %(example)s, not %(value)s.",
                example='{"ids": [1]}',
                value=arguments.shown(body),
            )
        )


def _require_records(
    __model__=None, __method__=None, ids=None, context=None, **_others
):
    """The records that a method of ours is called on must be named, and exist.

    Methods and models of other addons keep the ways of stock Odoo.
    """
    model_class = request.registry.get(__model__ or "")
    method = getattr(model_class, __method__ or "", None)
    if not callable(method) or __method__.startswith("_"):
        return
    ours = builds_on_hub(model_class._original_module or "")
    added = _is_added_by_us(method, __method__)
    if hasattr(method, "_api_model") or not (ours or added):
        return
    if ids is not None and not arguments.fits(arguments.ids_of(), ids):
        raise UserError(
            request.env._(
                "ids must be a list of record ids, whole numbers, not %(value)s.",
                value=arguments.shown(ids),
            )
        )
    if added and not ids:
        raise UserError(
            request.env._(
                "%(method)s of %(model)s: say which records it is about, as ids.",
                method=__method__,
                model=__model__,
            )
        )
    if ids and not model_class._abstract:
        require_records(request.env[__model__], ids)


def _require_called_records(env, model=None, method=None, args=None, **_others):
    """As ``_require_records``, for calls that give the ids first. None chosen is nothing to do, as in stock Odoo."""
    if not isinstance(model, str) or not isinstance(method, str):
        return
    ids = _ids_of_call(env.registry, model, method, args)
    if ids and not env.registry[model]._abstract:
        require_records(env[model], ids)


def require_called_ids(service=None, method=None, args=None, **_others):
    """Records are named by whole numbers in calls over the old protocols, too.

    Comes before their password is checked, so it looks at the call itself only.

    :raise UserError: if they are not
    """
    if (
        service != "object"
        or not isinstance(args, list | tuple)
        or len(args) < 6
        or not all(isinstance(args[at], str) for at in (0, 3, 4))
    ):
        return  # stock Odoo says what is wrong with it
    db, _uid, _password, model, name, *given = args
    if method == "execute_kw":
        given = given[0]
    _ids_of_call(Registry(db), model, name, given)


def _ids_of_call(registry, model, name, args):
    """:return: the ids a method of ours is called with; None if it is none of ours, or takes none
    :raise UserError: if they are no whole numbers of records
    """
    method = getattr(registry.get(model), name, None)
    if (
        not callable(method)
        or name.startswith("_")
        or hasattr(method, "_api_model")
        or not _is_added_by_us(method, name, registry)
        or not isinstance(args, list | tuple)
        or not args
    ):
        return None
    ids = [args[0]] if arguments.is_whole(args[0]) else args[0]
    if arguments.fits(arguments.ids_of(), ids) and all(id_ > 0 for id_ in ids):
        return list(ids)
    words = _lt(  # nobody has logged in yet where the old protocols come in
        "%(method)s of %(model)s: its records are a list of their ids, whole numbers, not %(value)s.",
        method=name,
        model=model,
        value=arguments.shown(args[0]),
    )
    raise UserError(str(words))


def _is_added_by_us(method, name, registry=None):
    """Is it a method of this suite, or of an addon built on it, that no model of stock Odoo has?"""
    addon = (method.__module__ or "").removeprefix("odoo.addons.").split(".")[0]
    return builds_on_hub(addon) and not hasattr(
        (registry or request.registry)["base"], name
    )


@functools.cache
def builds_on_hub(addon):
    """:return: whether an addon is this one or depends on it"""
    if addon == "event_hub":
        return True
    manifest = Manifest.for_addon(addon, display_warning=False) if addon else None
    return bool(manifest) and any(map(builds_on_hub, manifest["depends"]))


def public_words(exception):
    """:return: what a caller is told instead of an error's own words; None if those are meant for callers"""
    if _is_meant_for_callers(exception):
        return None
    return _bad_input_words(exception) if _is_bad_input(exception) else BUG_MESSAGE


def _is_meant_for_callers(exception):
    return (
        isinstance(exception, UserError)
        or type(exception).__module__ in ("odoo.exceptions", "odoo.http")
        or hasattr(exception, "get_response")  # an HTTP error
    )


def _is_bad_input(exception):
    """Can the error be told to come from what the caller sent?"""
    if isinstance(exception, BAD_INPUT):
        return True
    return isinstance(exception, BAD_INPUT_IN_ORM) and _raised_in_orm(exception)


def _raised_in_orm(exception):
    asked, traceback = "", exception.__traceback__
    while traceback:
        place = traceback.tb_frame.f_code.co_filename
        asked = asked if place.endswith(CARRIERS) else place
        traceback = traceback.tb_next
    return any(folder in asked for folder in ORM_FOLDERS)


def _bad_input_words(exception):
    """:return: the ORM's own sentence such as "Invalid field 'x' on model 'y'"; never SQL"""
    if isinstance(exception, ValueError) and _raised_in_orm(exception):
        return f"{BAD_INPUT_MESSAGE} {str(exception)[:300]}"
    return BAD_INPUT_MESSAGE
