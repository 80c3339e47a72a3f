"""The requests for which Rowan's signatures are compared with botocore's.

As a program it writes what botocore computes to the fixture that the unit tests read:

    python Tests/Conformance/signature_cases.py > Tests/OutgoingHTTPTests/Fixtures/signatures.tsv
"""

import datetime
from unittest import mock

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.session

MOMENT = datetime.datetime(2026, 2, 28, 23, 59, 58, tzinfo=datetime.timezone.utc)
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBYaD//+example=="

KEYS = [
    "plain", "model/1/model.json", "with space", " leading and trailing ", "unicode-é-日本-😀", "plus+plus", "tilde~",
    "double//slash", "/leading", "trailing/", "../dots/./here", "percent%20escaped", "a=b&c?d#e", "quotes'\"!*()",
    "semi;colon:at@comma,dollar$", "back\\slash|pipe^caret`", "<angle>[square]{curly}", "UPPER.case_-.~",
]
PREFIXES = ["", "models/", "sp ace/", "pl+us/", "é/", "a&b=c/"]
TOKENS = [None, TOKEN]
# The endpoint, the region, and whether buckets stand in the path.
STORES = [
    ("http://127.0.0.1:9000", "us-east-1", "path"),
    ("https://storage.example.org", "eu-central-1", "path"),
    ("https://s3.eu-west-3.amazonaws.com", "eu-west-3", "virtual"),
]


class Captured(Exception):
    """Takes a request off its way, signed and unsent."""

    def __init__(self, request):
        super().__init__()
        self.request = request


def client(endpoint, region, style, token):
    session = botocore.session.Session()
    session.set_credentials(ACCESS_KEY, SECRET_KEY, token)
    client = session.create_client(
        "s3", region_name=region, endpoint_url=endpoint,
        config=botocore.config.Config(
            signature_version="s3v4", request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": style, "payload_signing_enabled": True}))

    def capture(request, **_):
        raise Captured(request)

    client.meta.events.register("before-send.s3", capture)
    return client


def signed(client, operation, **parameters):
    """The request that botocore would send."""
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: MOMENT.replace(tzinfo=None)):
        try:
            getattr(client, operation)(**parameters)
        except Captured as captured:
            return captured.request
    raise AssertionError("botocore sent nothing")


def cases():
    """Each request with its parts before they are escaped: path, query, further signed fields, token."""
    for endpoint, region, style in STORES:
        for token in TOKENS:
            connection = client(endpoint, region, style, token)
            base = "/bucket" if style == "path" else ""
            for key in KEYS:
                request = signed(connection, "get_object", Bucket="bucket", Key=key, IfMatch='"0123"')
                yield region, token, request, f"{base}/{key}", [], [("If-Match", '"0123"')]
            for prefix in PREFIXES:
                # The order is not the signature's.
                query = [("prefix", prefix), ("list-type", "2"), ("encoding-type", "url")]
                parameters = {"Bucket": "bucket", "Prefix": prefix, "EncodingType": "url"}
                for continuation in [None, "1/+ab= c"]:
                    if continuation:
                        query.append(("continuation-token", continuation))
                        parameters["ContinuationToken"] = continuation
                    request = signed(connection, "list_objects_v2", **parameters)
                    yield region, token, request, base or "/", list(query), []


def rows():
    """One line per case, tab-separated; the fields are named in the first line."""
    yield "region\ttoken\tauthority\tpath\tquery\tif-match\ttarget\tbody-hash\tdate\tauthorization"
    for region, token, request, path, query, fields in cases():
        headers = {name: value.decode() if isinstance(value, bytes) else value
                   for name, value in request.headers.items()}
        scheme, rest = request.url.split("://", 1)
        authority, slash, target = rest.partition("/")
        yield "\t".join([
            region, token or "", authority, path,
            "\x1f".join(f"{name}={value}" for name, value in query),
            fields[0][1] if fields else "", slash + target, headers["X-Amz-Content-SHA256"], headers["X-Amz-Date"],
            headers["Authorization"]])


if __name__ == "__main__":
    print(f"# botocore {botocore.__version__}: python Tests/Conformance/signature_cases.py")
    for row in rows():
        print(row)
