"""The server's description of itself: valid, complete, and true of what it answers."""

import html.parser
import json
import subprocess
import sys

import pytest
from inference_client import call
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture(scope="module")
def document(server):
    answer = call(server, "GET", "/v2/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def test_the_document_is_openapi(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_schema_is_used_and_every_used_one_is_there(document):
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    for name in schemas:
        assert f'"#/components/schemas/{name}"' in text, name


def test_examples_are_what_the_schemas_say(document):
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    resource = Resource(contents=document, specification=DRAFT202012)
    registry = Registry().with_resource("urn:rowan", resource)
    seen = 0
    for path in document["paths"].values():
        for method, operation in path.items():
            if method == "parameters" or "requestBody" not in operation:
                continue
            content = operation["requestBody"]["content"]["application/json"]
            schema = {"$ref": "urn:rowan" + content["schema"]["$ref"]}
            Draft202012Validator(schema, registry=registry).validate(content["example"])
            seen += 1
    assert seen >= 4


@pytest.mark.parametrize("mode", ["none", "explicit"])
def test_schemathesis_finds_no_answer_that_is_not_described(start_server, mode, tmp_path):
    """Generated requests, valid and invalid, to every operation; each answer's status, type and shape as described."""
    options = ["--model-control-mode", mode] + (["--load-model", "*"] if mode == "explicit" else [])
    server = start_server(*options)
    # Names that exist, so that what lies behind a name is reached too.
    hooks = tmp_path / "hooks.py"
    hooks.write_text(
        "import schemathesis\n"
        "@schemathesis.hook\n"
        "def map_path_parameters(context, path_parameters):\n"
        "    if path_parameters and 'model' in path_parameters and len(path_parameters['model']) % 2:\n"
        "        path_parameters['model'] = 'xgboost_anomaly'\n"
        "    if path_parameters and 'version' in path_parameters:\n"
        "        path_parameters['version'] = '1'\n"
        "    return path_parameters\n"
    )
    url = f"http://127.0.0.1:{server.http_port}/v2/openapi.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", url]
    checks = (
        "status_code_conformance,content_type_conformance,response_schema_conformance,"
        "response_headers_conformance,unsupported_method,allow_header_conformance"
    )
    command += ["--checks", checks, "--max-examples", "30", "--seed", "1", "--phases", "examples,coverage,fuzzing"]
    # The stream waits longer than this client does; test_explanation_path reads it.
    command += ["--exclude-path", "/v2/explanations/stream"]
    command += ["--no-color", "--request-timeout", "20", "--generation-deterministic"]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout[-6_000:] + result.stderr[-2_000:]
    assert call(server, "GET", "/v2/health/live").status == 200


class Page(html.parser.HTMLParser):
    """Checks that tags are closed in order, and gathers what the page loads."""

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.loaded += [value for name, value in attrs if name == "src"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_names_every_operation_and_loads_nothing(server, document):
    answer = call(server, "GET", "/v2/docs")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page()
    page.feed(answer.body.decode())
    assert page.open == [] and page.loaded == []
    for path, operations in document["paths"].items():
        assert path in page.text
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["summary"] in page.text
    assert "xgboost_anomaly" in page.text
