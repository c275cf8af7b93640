"""Outbound web identity federation, which moto's IAM lacks: the account's switch, and the issuer that it gives."""

import io
import uuid
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

ISSUER = f"https://{uuid.uuid4()}.tokens.sts.global.api.aws"
NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
enabled = False


def answer(action):
    global enabled
    if action.startswith("Get") and not enabled:
        return "404 Not Found", failure("FeatureDisabled", "Outbound identity federation is not enabled")
    if action.startswith("Enable") and enabled:
        return "409 Conflict", failure("FeatureEnabled", "Outbound identity federation is already enabled")
    enabled = True
    result = f"<IssuerIdentifier>{ISSUER}</IssuerIdentifier><JwtVendingEnabled>true</JwtVendingEnabled>"
    return "200 OK", f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{result}</{action}Result></{action}Response>'


def failure(code, message):
    return f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>'


def teach(call):
    def call_or_answer(self, environ, start_response):
        if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            return call(self, environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        [action] = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[:1]
        if not action.endswith(("OutboundWebIdentityFederation", "OutboundWebIdentityFederationInfo")):
            return call(self, environ, start_response)
        status, text = answer(action)
        start_response(status, [("content-type", "text/xml")])
        return [text.encode()]

    return call_or_answer


DomainDispatcherApplication.__call__ = teach(DomainDispatcherApplication.__call__)
