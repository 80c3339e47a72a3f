"""Who may call: API keys, restricted APIs, pages of browsers, the admin token, with and without proxies in front."""

import http.client
import json
import os
import queue
import re
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton
from hyperframe.frame import DataFrame
from inference_client import call, infer, outputs_of
from living_models import ROWS, LivingModel, answering, wait_until
from raw_http import RawConnection, request
from raw_http2 import NO_ERROR, RawHTTP2
from server_process import binary_path
from tritonclient.utils import InferenceServerException

EXPLICIT = "--model-control-mode=explicit"
INFER = "/v2/models/living/infer"


def rowan(*words, variables=None):
    """Runs a command and returns its exit code and what it has printed."""
    done = subprocess.run(
        [binary_path(), *words], capture_output=True, text=True, timeout=20, env={**os.environ, **(variables or {})}
    )
    return done.returncode, done.stdout, done.stderr


def add_key(path, *options):
    code, key, errors = rowan("key", "add", "--api-keys-file", str(path), *options)
    assert code == 0, errors
    return key.strip()


def until(condition):
    wait_until(condition, "what was asked for")


@pytest.fixture
def repository(tmp_path):
    path = tmp_path / "repository"
    path.mkdir()
    for name in ("living", "other", "one more"):
        LivingModel(path, name).write(1, answering(1))
    return path


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys.json"


def infer_with(server, headers, model="living"):
    return infer(server, model, ROWS, headers=headers)


def metric(server, name, **labels):
    connection = http.client.HTTPConnection("127.0.0.1", server.metrics_port, timeout=5)
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.close()
    wanted = "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"
    for line in page.splitlines():
        if line.startswith(name + wanted + " "):
            return float(line.rsplit(" ", 1)[1])
    return None


# Keys


def test_inference_needs_a_key_and_nothing_else_does(start_server, repository, keys):
    key = add_key(keys, "--id", "team")
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    for path in ("/v2/health/live", "/v2/health/ready", "/v2", "/v2/models/living", "/v2/models/living/ready"):
        assert call(server, "GET", path).status == 200, path
    assert call(server, "POST", "/v2/repository/index").status == 200
    answer = infer_with(server, {})
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="rowan"')
    assert json.loads(answer.body) == {"error": "this call needs an API key in Authorization: Bearer or x-api-key"}
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-Api-Key": key}, {"authorization": f"bearer {key}"}):
        assert outputs_of(infer_with(server, headers))["score"][0] == 1
    other = key[:-1] + ("1" if key[-1] == "0" else "0")
    for wrong in ("x", key[:-1], key + "0", key.replace("rk_team", "rk_teem"), other):
        assert infer_with(server, {"X-Api-Key": wrong}).status == 401, wrong
    assert call(server, "POST", "/v2/models/living/generate", "{}").status == 401
    # A model that is not there is not told to who has no key.
    assert infer_with(server, {}, model="none").status == 401
    assert infer_with(server, {"X-Api-Key": key}, model="none").status == 404
    assert metric(server, "rowan_api_key_requests_total", key="team", result="admitted") == 4
    assert metric(server, "rowan_access_refusals_total", reason="missing") == 3
    assert metric(server, "rowan_access_refusals_total", reason="malformed") == 3
    assert metric(server, "rowan_access_refusals_total", reason="unknown") == 2


LONG = "Content-Length: 40000000"


@pytest.mark.parametrize("framing", [LONG, "Transfer-Encoding: chunked", "Content-Length: 9\r\nExpect: 100-continue"])
def test_a_long_body_without_a_right_is_not_waited_for(start_server, repository, keys, framing):
    one = add_key(keys, "--id", "one", "--model", "living", "--requests-per-second", "0.01", "--burst", "2")
    server = start_server("--api-keys-file", str(keys), "--access-log", repositories=(repository,))
    other = "/v2/models/other/infer"
    wrong, right = (f"x-api-key: {one}0",), (f"x-api-key: {one}",)
    for path, fields, status in ((INFER, (), 401), (INFER, wrong, 401), (other, right, 403)):
        with RawConnection(server.http_port) as connection:
            # Nothing of the body is sent.
            answer = connection.exchange(request("POST", path, None, framing, *fields))
            assert (answer.status, answer.header("connection")) == (status, "close")
            assert connection.closed_by_server()
    until(lambda: server.log.count(f"path={INFER} status=401") == 2)
    until(lambda: f"path={other} status=403" in server.log)
    assert metric(server, "rowan_api_key_requests_total", key="one", result="forbidden") == 1
    # Who may is asked once, not again when the body is there: two requests spend a burst of two.
    body = json.dumps({"inputs": [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [0, 0, 0, 0]}]})
    body += " " * (100_000 - len(body))
    for status in (200, 200, 429):
        with RawConnection(server.http_port) as connection:
            connection.send(request("POST", INFER, None, f"x-api-key: {one}", f"Content-Length: {len(body)}"))
            if status == 200:
                time.sleep(0.05)
                connection.send(body.encode())
            assert connection.read_response().status == status
    assert metric(server, "rowan_api_key_requests_total", key="one", result="admitted") == 2
    assert re.search(rf"path={INFER} status=200 .*request_bytes=100000 .*key=one", server.log), server.log


def test_a_short_body_without_a_right_leaves_the_connection(start_server, repository, keys):
    key = add_key(keys)
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    with RawConnection(server.http_port) as connection:
        for _ in range(2):
            connection.send(request("POST", INFER, None, "Content-Length: 2"))
            time.sleep(0.05)
            assert connection.exchange(b"{}").status == 401
        assert connection.exchange(request("POST", INFER, b"{}", f"x-api-key: {key}")).status == 400


def test_streams_without_a_right_are_answered_before_their_body(start_server, repository, keys):
    key = ("x-api-key", add_key(keys, "--requests-per-second", "0.01", "--burst", "1"))
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    grpc = [("content-type", "application/grpc"), ("te", "trailers")]
    with RawHTTP2(server.http_port) as connection:
        def begun(path, *fields):
            stream = connection.new_stream()
            connection.send(connection.headers(stream, connection.block(*fields, method="POST", path=path), False))
            return stream

        for path, fields, expected in (
            (INFER, [("expect", "100-continue")], ":status 401"),
            ("/inference.GRPCInferenceService/ModelInfer", grpc, "grpc-status 16"),
            ("/inference.GRPCInferenceService/ModelStreamInfer", grpc, "grpc-status 16"),
        ):
            stream = begun(path, *fields)
            answer = connection.answer(stream)
            found = {":status": str(answer.status), **answer.fields, **answer.trailers}
            name, value = expected.split()
            assert found[name] == value, (path, answer)
            connection.until(lambda stream=stream: connection.answers[stream].reset is not None)
            assert connection.answers[stream].reset == NO_ERROR, "the rest of the body is not wanted"
        stream = begun(INFER, key)
        connection.send(DataFrame(stream, data=b"{}", flags=["END_STREAM"]))
        assert connection.answer(stream).status == 400, "let in, and then not read"
        assert connection.answer(begun(INFER, key)).status == 429
        assert connection.is_alive()


def test_tritonclient_sends_keys(start_server, repository, keys):
    key = add_key(keys)
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    with triton.InferenceServerClient(server.url) as client:
        metadata = client.get_model_metadata("living")
        tensor = triton.InferInput(metadata["inputs"][0]["name"], ROWS.shape, "FP32")
        tensor.set_data_from_numpy(ROWS)
        with pytest.raises(InferenceServerException, match="needs an API key"):
            client.infer("living", [tensor])
        for headers in ({"x-api-key": key}, {"Authorization": f"Bearer {key}"}):
            assert client.infer("living", [tensor], headers=headers).as_numpy("score")[0] == 1


def test_a_key_opens_its_models(start_server, repository, keys):
    key = {"x-api-key": add_key(keys, "--id", "one", "--model", "living", "--model", "one more")}
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    assert infer_with(server, key).status == 200
    assert call(server, "POST", "/v2/models/one%20more/infer", "{}", key).status == 400, "allowed, and then not read"
    for model in ("other", "none", "living2"):
        answer = infer_with(server, key, model=model)
        assert (answer.status, json.loads(answer.body)["error"]) == (403, "this API key may not use the model")
    assert metric(server, "rowan_api_key_requests_total", key="one", result="forbidden") == 3


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_key_has_a_rate(start_server, repository, keys, threads):
    key = {"x-api-key": add_key(keys, "--id", "slow", "--requests-per-second", "0.2", "--burst", "3")}
    server = start_server("--api-keys-file", str(keys), "--threads", threads, repositories=(repository,))
    # Each call has a connection of its own, so that both loops are asked.
    answers = [infer_with(server, key) for _ in range(12)]
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 9
    assert all(1 <= int(answer.headers["retry-after"]) <= 5 for answer in answers[3:])
    assert metric(server, "rowan_api_key_requests_total", key="slow", result="limited") == 9
    time.sleep(int(answers[-1].headers["retry-after"]))
    assert infer_with(server, key).status == 200


def test_the_file_is_read_again_when_it_changes(start_server, repository, keys):
    first = add_key(keys, "--id", "first")
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    second = add_key(keys, "--id", "second")
    until(lambda: infer_with(server, {"x-api-key": second}).status == 200)
    assert rowan("key", "revoke", "first", "--api-keys-file", str(keys)) == (0, "", "")
    until(lambda: infer_with(server, {"x-api-key": first}).status == 401)
    good = keys.read_text()
    keys.write_text(good.replace('"scope"', '"scoop"'))
    until(lambda: "the file of API keys cannot be used" in server.log)
    assert re.search(r'line 3: a key has no member \\?"scoop', server.log), server.log
    assert infer_with(server, {"x-api-key": second}).status == 200, "the old keys go on counting"
    keys.unlink()
    until(lambda: "No such file" in server.log)
    assert infer_with(server, {"x-api-key": second}).status == 200
    keys.write_text(good)
    third = add_key(keys, "--id", "third")
    until(lambda: infer_with(server, {"x-api-key": third}).status == 200)


def test_a_bad_file_ends_the_start(repository, keys):
    keys.write_text('{"keys": [\n{"id": "A"}]}')
    code, _, errors = rowan("serve", "--model-repository", str(repository), "--api-keys-file", str(keys))
    assert code == 1 and f'{keys}: line 2: "id" is no 1 to 16 letters a-z and digits' in errors
    code, _, errors = rowan("serve", "--model-repository", str(repository), "--api-keys-file", "/nowhere")
    assert code == 1 and "/nowhere: No such file" in errors


def test_keys_are_listed_and_kept_private(keys):
    first = add_key(keys, "--name", "ops", "--scope", "admin", "--id", "ops")
    assert re.fullmatch(r"rk_ops_[0-9a-f]{64}", first)
    code, line, _ = rowan("key", "add", "--json", variables={"ROWAN_API_KEYS_FILE": str(keys)})
    made = json.loads(line)
    assert code == 0 and re.fullmatch(r"[a-z0-9]{10}", made["id"]) and made["key"].startswith(f"rk_{made['id']}_")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert first[-64:] not in keys.read_text()
    code, text, _ = rowan("key", "list", "--json", "--api-keys-file", str(keys))
    assert [json.loads(line)["id"] for line in text.splitlines()] == ["ops", made["id"]]
    assert "sha256" not in text and "salt" not in text
    assert "admin" in rowan("key", "list", "--api-keys-file", str(keys))[1]
    code, _, errors = rowan("key", "revoke", "none", "--api-keys-file", str(keys))
    assert code == 1 and "there is no key none" in errors
    assert rowan("key", "add")[0] == 2 and rowan("key")[0] == 2 and rowan("key", "remove")[0] == 2


# Changes of the server


def test_an_admin_key_opens_changes(start_server, repository, keys):
    admin = {"Authorization": "Bearer " + add_key(keys, "--id", "boss", "--scope", "admin")}
    plain = {"Authorization": "Bearer " + add_key(keys, "--id", "team")}
    server = start_server("--api-keys-file", str(keys), EXPLICIT, "--load-model=living", repositories=(repository,))
    load = "/v2/repository/models/other/load"
    forwarded = {"X-Forwarded-For": "192.0.2.1"}
    assert call(server, "POST", load, headers=forwarded).status == 403
    answer = call(server, "POST", load, headers=plain)
    assert answer.status == 403 and "needs the scope admin" in json.loads(answer.body)["error"]
    assert call(server, "POST", load, headers={**admin, **forwarded}).status == 200
    assert infer_with(server, admin).status == 200, "admin opens inference, too"
    until(lambda: 'by="key boss"' in server.log or "by=key boss" in server.log)
    assert call(server, "POST", load).status == 200, "a direct local caller may, as without keys"


def test_with_a_token_only_the_token_or_an_admin_key_counts(start_server, repository, keys, tmp_path):
    token = tmp_path / "token"
    token.write_text("0123456789abcdef-token\n")
    admin = {"x-api-key": add_key(keys, "--scope", "admin")}
    server = start_server(
        "--api-keys-file", str(keys), "--admin-token-file", str(token), EXPLICIT, "--load-model=living",
        repositories=(repository,),
    )
    load = "/v2/repository/models/other/load"
    assert call(server, "POST", load).status == 403
    assert call(server, "POST", load, headers={"Authorization": "Bearer 0123456789abcdef-toker"}).status == 403
    assert call(server, "POST", load, headers={"Authorization": "Bearer 0123456789abcdef-token"}).status == 200
    assert call(server, "POST", load, headers=admin).status == 200
    both = {"Authorization": "Bearer 0123456789abcdef-token", **admin}
    assert call(server, "POST", load, headers=both).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:8000"},
        {"Forwarded": "for=192.0.2.1"},
        {"X-Forwarded-Proto": "https"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_a_browser_or_a_proxy_is_no_local_caller(start_server, repository, headers):
    server = start_server(EXPLICIT, "--load-model=living", repositories=(repository,))
    assert call(server, "POST", "/v2/repository/models/other/load", headers=headers).status == 403
    assert call(server, "POST", "/v2/logging", json.dumps({"log_info": False}), headers).status == 403


# Restricted APIs


def test_restricted_apis_need_their_field(start_server, repository):
    server = start_server(
        "--http-restricted-api=model-repository,statistics:Admin-Key=s3cret",
        "--http-restricted-api=inference:infer-key=infer-value",
        "--http-restricted-api=logging,model-config:probe=me",
        EXPLICIT, "--load-model=living", repositories=(repository,),
    )
    with triton.InferenceServerClient(server.url) as client:
        with pytest.raises(InferenceServerException, match="This API is restricted, expecting header 'admin-key'"):
            client.get_model_repository_index()
        assert client.get_model_repository_index(headers={"admin-key": "s3cret"})
        client.load_model("other", headers={"Admin-Key": "s3cret"})
        with pytest.raises(InferenceServerException, match="expecting header 'admin-key'"):
            client.get_inference_statistics("living", headers={"admin-key": "S3cret"})
        assert client.get_model_metadata("living")["name"] == "living"
        with pytest.raises(InferenceServerException, match="expecting header 'probe'"):
            client.get_model_config("living")
    assert infer_with(server, {}).status == 403
    assert infer_with(server, {"infer-key": "infer-value"}).status == 200
    assert call(server, "GET", "/v2/logging").status == 403
    assert call(server, "GET", "/v2/health/live").status == 200
    assert metric(server, "rowan_access_refusals_total", reason="restricted") >= 5


def test_a_group_that_cannot_be_used_is_not_shown(repository):
    code, _, errors = rowan("serve", "--model-repository", str(repository), "--http-restricted-api=helth:k=pa55word")
    assert code == 1 and "health" in errors and "pa55word" not in errors
    code, _, errors = rowan(
        "serve", "--model-repository", str(repository),
        "--http-restricted-api=model-repository,health:k1=v1", "--http-restricted-api=metadata,health:k2=v2",
    )
    assert code == 1 and "each API in one group; health is in two" in errors


# Pages of browsers


def test_pages_may_call_only_where_the_operator_says(start_server, repository):
    question = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    server = start_server(repositories=(repository,))
    assert call(server, "OPTIONS", INFER, headers=question).status == 405
    assert "access-control-allow-origin" not in infer_with(server, {"Origin": "https://app.example"}).headers
    server = start_server(
        "--cors-allowed-origins=https://app.example,https://b.example", "--http-restricted-api=logging:x-log=1",
        EXPLICIT, "--load-model=living", repositories=(repository,),
    )
    answer = call(server, "OPTIONS", INFER, headers=question)
    assert answer.status == 200 and answer.body == b""
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["vary"] == "origin"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "x-api-key", "content-type", "inference-header-content-length", "x-log"} <= set(allowed)
    answer = infer_with(server, {"Origin": "https://b.example"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "https://b.example")
    assert "access-control-allow-credentials" not in answer.headers
    answer = call(server, "GET", "/v2/models/none", headers={"Origin": "https://b.example"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (404, "https://b.example")
    for origin in ("https://c.example", "null", "http://app.example"):
        assert call(server, "OPTIONS", INFER, headers={**question, "Origin": origin}).status == 405
        assert "access-control-allow-origin" not in infer_with(server, {"Origin": origin}).headers
    load = "/v2/repository/models/other/load"
    assert call(server, "POST", load, headers={"Origin": "https://app.example"}).status == 403
    server = start_server("--cors-allowed-origins=*", repositories=(repository,))
    answer = infer_with(server, {"Origin": "null"})
    assert answer.headers["access-control-allow-origin"] == "*" and "vary" not in answer.headers


# Secrets


def test_no_secret_leaves_the_process(start_server, repository, keys, tmp_path):
    token = "planted-token-5e1f0a"
    (tmp_path / "token").write_text(token)
    restriction = "planted-restriction-77aa"
    key = add_key(keys, "--id", "planted", "--scope", "admin", "--requests-per-second", "0.5", "--burst", "2")
    foreign = "rk_planted_" + "5ec4e7" * 10 + "abcd"
    server = start_server(
        "--api-keys-file", str(keys), "--admin-token-file", str(tmp_path / "token"), EXPLICIT, "--load-model=living",
        f"--http-restricted-api=statistics:x-planted={restriction}", "--log-level=debug", "--access-log",
        f"--grpc-restricted-protocol=model-config:planted={restriction}", repositories=(repository,),
    )
    load = "/v2/repository/models/other/load"
    bodies = []
    for value in (key, foreign, token, restriction):
        for headers in ({"x-api-key": value}, {"Authorization": f"Bearer {value}"}, {"x-planted": value}):
            for path in (INFER, load, "/v2/models/stats", "/v2/logging"):
                bodies.append(call(server, "POST", path, "{}", headers).body.decode())
                bodies.append(call(server, "GET", path, headers=headers).body.decode())
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        for value in (key, foreign, token, restriction):
            for name in ("x-api-key", "authorization", "triton-grpc-protocol-planted"):
                fields = {name: f"Bearer {value}" if name == "authorization" else value}
                for ask in (
                    lambda client, fields=fields: client.infer("living", grpc_input(), headers=fields),
                    lambda client, fields=fields: client.load_model("other", headers=fields),
                    lambda client, fields=fields: client.get_model_config("living", headers=fields),
                ):
                    bodies.append(code_of(client, ask))
    connection = http.client.HTTPConnection("127.0.0.1", server.metrics_port, timeout=5)
    connection.request("GET", "/metrics")
    bodies.append(connection.getresponse().read().decode())
    until(lambda: server.log.count("path=") > 50 or server.log.count('"path"') > 50 or len(server.lines) > 50)
    texts = "\n".join(bodies) + server.log
    for secret in (key, key[-64:], foreign, foreign[-64:], token, restriction):
        assert secret not in texts
    assert "planted" in texts, "the key's id is there"


def test_a_server_with_secrets_leaves_no_core():
    """A process that is not dumpable belongs to root in /proc, whoever it runs as."""
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if os.getuid() != 0 or subprocess.run([*as_nobody, "test", "-x", binary_path()]).returncode:
        pytest.skip("only root can start a server as somebody else, from where others may go")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        LivingModel(folder / "repository").write(1, answering(1))
        add_key(folder / "keys.json")
        (folder / "keys.json").chmod(0o644)

        def owner(*options):
            process = subprocess.Popen(
                [*as_nobody, binary_path(), "serve", "--http-port=0", "--metrics-port=-1", "--grpc-port=-1",
                 "--model-repository", str(folder / "repository"), *options],
                stderr=subprocess.PIPE, text=True,
            )
            try:
                assert any(" ready " in line and "models=" in line for line in process.stderr)
                return os.stat(f"/proc/{process.pid}/environ").st_uid
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(20)

        assert owner() == 65534
        assert owner("--api-keys-file", str(folder / "keys.json")) == 0


# gRPC


def grpc_input():
    given = triton_grpc.InferInput("features", list(ROWS.shape), "FP32")
    given.set_data_from_numpy(ROWS)
    return [given]


def code_of(client, call):
    """The status and the words that a call of tritonclient ends with; "ok" for an answer."""
    try:
        call(client)
        return "ok"
    except InferenceServerException as fault:
        return f"{fault.status()}: {fault.message()}"


def test_calls_need_a_key_as_requests_do(start_server, repository, keys):
    one = {"x-api-key": add_key(keys, "--id", "one", "--model", "living")}
    slow = {"authorization": "Bearer " + add_key(keys, "--id", "slow", "--requests-per-second", "0.01", "--burst", "2")}
    server = start_server("--api-keys-file", str(keys), repositories=(repository,))
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        assert client.is_server_ready() and client.is_model_ready("living")
        assert client.get_model_metadata("living").name == "living"

        def infer_by(headers, model="living"):
            return code_of(client, lambda client: client.infer(model, grpc_input(), headers=headers))

        assert infer_by({}).startswith("StatusCode.UNAUTHENTICATED: this call needs an API key")
        assert infer_by({"x-api-key": "rk_one_0"}).startswith("StatusCode.UNAUTHENTICATED")
        assert infer_by(one) == "ok"
        assert infer_by(one, "other").startswith("StatusCode.PERMISSION_DENIED")
        assert [infer_by(slow).split(":")[0] for _ in range(3)] == ["ok", "ok", "StatusCode.RESOURCE_EXHAUSTED"]
        for headers, expected in (({}, None), (slow, "made as many requests"), (one, "")):
            answers = queue.Queue()
            client.start_stream(lambda result, error, answers=answers: answers.put((result, error)), headers=headers)
            try:
                client.async_stream_infer("living", grpc_input())
            except InferenceServerException:
                assert not headers, "only a stream without a key is over before it has a message"
            result, error = answers.get(timeout=10)
            client.stop_stream()
            assert (error is None) == (expected == ""), (headers, error)
            if expected:
                assert expected in str(error)
    assert metric(server, "rowan_api_key_requests_total", key="one", result="admitted") == 2
    assert metric(server, "rowan_api_key_requests_total", key="slow", result="limited") == 2


def test_a_stream_ends_with_its_key(start_server, repository, keys):
    """What a key opens counts for each message, not for the moment in which a stream began."""
    key = add_key(keys)
    server = start_server("--api-keys-file", keys, repositories=(repository,))
    answers = queue.Queue()
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        client.start_stream(
            lambda result, error: answers.put((result, error)), headers={"authorization": f"Bearer {key}"})  # fmt: skip
        client.async_stream_infer("living", grpc_input())
        assert answers.get(timeout=20)[1] is None
        rowan("key", "revoke", key.split("_")[1], "--api-keys-file", keys)
        until(lambda: infer_with(server, {"x-api-key": key}).status == 401)
        client.async_stream_infer("living", grpc_input())
        assert answers.get(timeout=20)[1] is not None, "the key is gone"


def test_restricted_protocols_need_their_metadata(start_server, repository, keys):
    admin = {"x-api-key": add_key(keys, "--scope", "admin")}
    server = start_server(
        "--grpc-restricted-protocol=inference,statistics:infer-key=infer-value", "--api-keys-file", str(keys), EXPLICIT,
        "--load-model=living", repositories=(repository,),
    )
    opened = {"triton-grpc-protocol-infer-key": "infer-value"}
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        refusal = "This protocol is restricted, expecting header 'triton-grpc-protocol-infer-key'"
        assert code_of(client, lambda client: client.get_inference_statistics("living")).endswith(refusal)
        assert client.get_inference_statistics("living", headers=opened)
        assert code_of(client, lambda client: client.infer("living", grpc_input(), headers=admin)).endswith(refusal)
        assert client.infer("living", grpc_input(), headers={**opened, **admin}).as_numpy("score")[0] == 1
        client.load_model("other", headers={**admin, "x-forwarded-for": "192.0.2.1"})
        forwarded = {"x-forwarded-for": "192.0.2.1"}
        assert "PERMISSION_DENIED" in code_of(client, lambda client: client.load_model("other", headers=forwarded))
    assert infer_with(server, admin).status == 200, "HTTP has restrictions of its own"
