import json
import os

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request

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
    os.path.join("odoo", folder) + os.sep for folder in ("orm", "tools", "service")
)
BAD_INPUT_MESSAGE = (
    "The server could not use these arguments: check names, types and ids."
)
BUG_MESSAGE = "Something went wrong on the server. It is in the server's log."


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

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
    traceback = exception.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return bool(traceback) and any(
        folder in traceback.tb_frame.f_code.co_filename for folder in ORM_FOLDERS
    )


def _bad_input_words(exception):
    """:return: the ORM's own sentence such as "Invalid field 'x' on model 'y'"; never SQL"""
    if isinstance(exception, ValueError) and _raised_in_orm(exception):
        return f"{BAD_INPUT_MESSAGE} {str(exception)[:300]}"
    return BAD_INPUT_MESSAGE
