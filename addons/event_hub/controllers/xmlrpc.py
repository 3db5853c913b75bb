"""XML-RPC faults say what is wrong, and neither how the server is built nor what it holds."""

import xmlrpc.client

from odoo.http import Response, request, route

from ..models.ir_http import public_words, require_called_ids

try:
    from odoo.addons.rpc.controllers import RPC
    from odoo.addons.rpc.controllers.xmlrpc import RPC_FAULT_CODE_APPLICATION_ERROR
except ImportError:  # an Odoo without the old protocols has no faults to guard
    RPC = None

if RPC is not None:

    class HubRpc(RPC):
        """Odoo serves this class only where its own ``rpc`` addon is installed."""

        def _xmlrpc(self, service):
            data = request.httprequest.get_data()
            args, method = xmlrpc.client.loads(data, use_datetime=True)
            require_called_ids(service, method, args)
            return super()._xmlrpc(service)

        @route()
        def xmlrpc_1(self, service):
            try:
                return super().xmlrpc_1(service)
            except Exception as error:
                words = public_words(error)
                if words:
                    error.error_response = _fault(words, "")
                raise

        @route()
        def xmlrpc_2(self, service):
            try:
                return super().xmlrpc_2(service)
            except Exception as error:
                words = public_words(error)
                if words:
                    error.error_response = _fault(
                        RPC_FAULT_CODE_APPLICATION_ERROR, words
                    )
                raise


def _fault(code, words):
    fault = xmlrpc.client.Fault(code, words)
    body = xmlrpc.client.dumps(fault, methodresponse=True)
    return Response(response=body, mimetype="text/xml")
