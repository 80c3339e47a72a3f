"""Repositories in an object store: what is served, what is refused, and what happens when the store goes away."""

import http.server
import itertools
import json
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
import signature_cases
from inference_client import call
from living_models import answering, wait_until
from object_store import ObjectStore
from server_process import ROOT, binary_path

FEATURES = 4
NAMES = (f"bucket-{number}" for number in itertools.count())
VARIABLES = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE",
    "TRITON_CLOUD_CREDENTIAL_PATH",
]


@pytest.fixture(scope="module")
def store():
    store = ObjectStore()
    yield store
    store.stop()


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Sets variables and no others that concern object stores; what is temporary lies where the test can look."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def set_variables(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_variables


@pytest.fixture
def bucket(store, environment):
    """A bucket of the test's own, and a key for it in the environment."""
    environment(AWS_ACCESS_KEY_ID=store.access_key, AWS_SECRET_ACCESS_KEY=store.secret_key,
                AWS_ENDPOINT_URL=store.url)
    return store.make_bucket(next(NAMES))


def answer(server, model, version=None):
    """The number with which a model answers; None if it does not."""
    path = f"/v2/models/{model}" + (f"/versions/{version}" if version else "") + "/infer"
    body = {"inputs": [{"name": "x", "shape": [1, FEATURES], "datatype": "FP32", "data": [0.0] * FEATURES}],
            "outputs": [{"name": "score"}]}
    found = call(server, "POST", path, json.dumps(body).encode())
    return json.loads(found.body)["outputs"][0]["data"][0] if found.status == 200 else None


def load(server, model):
    return call(server, "POST", f"/v2/repository/models/{model}/load", b"")


def run(*arguments):
    return subprocess.run([binary_path(), *arguments], capture_output=True, text=True, timeout=120)


def refused_start(repository, *options):
    """The log of a server that does not start."""
    ended = run("serve", "--http-port", "0", "--metrics-port", "0", "--grpc-port", "-1", "--model-repository",
                repository, *options)
    assert ended.returncode == 1, ended.stderr
    return ended.stderr


def test_signatures_of_the_fixture_are_botocores():
    """The unit tests compare Rowan's signatures with this file; botocore computes it anew."""
    fixture = (ROOT / "Tests/OutgoingHTTPTests/Fixtures/signatures.tsv").read_text().splitlines()
    assert fixture[1:] == list(signature_cases.rows())


def test_models_are_served_in_every_form_of_the_url(store, bucket, start_server):
    bucket.put("other/one/1/model.json", answering(1))
    bucket.put("some/folder/two/1/model.json", answering(2))
    bucket.put("other/README.md", b"beside the models")
    server = start_server(repositories=[
        f"s3://{bucket.name}/some/folder", f"s3://127.0.0.1:{store.port}/{bucket.name}/other"])
    assert answer(server, "one") == 1 and answer(server, "two") == 2
    assert server.terminate() == 0
    server = start_server(repositories=[f"s3://http://127.0.0.1:{store.port}/{bucket.name}/some/folder/"])
    assert answer(server, "two") == 2
    assert server.terminate() == 0


def test_a_cache_that_is_not_kept_is_removed(bucket, start_server, tmp_path):
    bucket.put("one/1/model.json", answering(1))
    server = start_server(repositories=[f"s3://{bucket.name}"])
    folders = list(tmp_path.glob("rowan-*"))
    assert len(folders) == 1 and folders[0].stat().st_mode & 0o077 == 0
    assert server.terminate() == 0
    assert not list(tmp_path.glob("rowan-*"))


def test_a_wrong_secret_is_told_and_not_shown(store, bucket, environment):
    bucket.put("one/1/model.json", answering(1))
    secret = "x" * len(store.secret_key)
    environment(AWS_SECRET_ACCESS_KEY=secret)
    log = refused_start(f"s3://{bucket.name}")
    assert "SignatureDoesNotMatch" in log and f"s3://{bucket.name}" in log
    assert secret not in log and store.access_key not in log


def test_an_unknown_key_is_told(bucket, environment):
    environment(AWS_ACCESS_KEY_ID="AKIAUNKNOWNUNKNOWN00")
    log = refused_start(f"s3://{bucket.name}")
    assert "InvalidAccessKeyId" in log and "AKIAUNKNOWN" not in log


def test_a_wrong_bucket_is_told(bucket, start_server):
    assert "NoSuchBucket" in refused_start("s3://nobodys-bucket")
    server = start_server("--exit-on-error=false", "--strict-readiness=false", repositories=["s3://nobodys-bucket"])
    assert "NoSuchBucket" in server.log and server.get_status("/v2/health/live") == 200
    assert server.terminate() == 0


def test_a_key_with_a_token(store, bucket, environment, start_server):
    bucket.put("one/1/model.json", answering(1))
    key, secret, token = store.session()
    environment(AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=token)
    server = start_server(repositories=[f"s3://{bucket.name}"])
    assert answer(server, "one") == 1
    assert token not in server.log and secret not in server.log
    assert server.terminate() == 0
    environment(AWS_SESSION_TOKEN=token[:-4] + "AAAA")
    assert "(status 4" in refused_start(f"s3://{bucket.name}")


def test_keys_come_from_a_profile_or_from_tritons_file(store, bucket, environment, monkeypatch, start_server, tmp_path):
    bucket.put("one/1/model.json", answering(1))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    shared = tmp_path / "home/.aws/credentials"
    shared.parent.mkdir(parents=True)
    shared.write_text(f"[other]\naws_access_key_id = {store.access_key}\naws_secret_access_key = {store.secret_key}\n")
    environment(AWS_PROFILE="other")
    server = start_server(repositories=[f"s3://{bucket.name}"])
    assert answer(server, "one") == 1
    assert server.terminate() == 0
    environment(AWS_PROFILE="nobody")
    assert "no profile of the name" in refused_start(f"s3://{bucket.name}")
    monkeypatch.delenv("AWS_PROFILE")
    shared.unlink()
    triton = tmp_path / "cloud.json"
    triton.write_text(json.dumps({"s3": {"": {"key_id": "wrong", "secret_key": "wrong"}, f"s3://{bucket.name}": {
        "key_id": store.access_key, "secret_key": store.secret_key, "region": "us-east-1", "session_token": ""}}}))
    environment(TRITON_CLOUD_CREDENTIAL_PATH=str(triton))
    server = start_server(repositories=[f"s3://{bucket.name}"])
    assert answer(server, "one") == 1
    assert server.terminate() == 0


def test_a_listing_of_several_pages(bucket, start_server):
    # A page has a thousand keys; a hidden directory is listed and not fetched.
    for number in range(1_010):
        bucket.put(f".padding/{number}", b"")
    bucket.put("one/1/model.json", answering(1))
    server = start_server(repositories=[f"s3://{bucket.name}"])
    assert answer(server, "one") == 1
    assert server.terminate() == 0


def test_odd_names(bucket, start_server, tmp_path):
    bucket.put("mo del+é/1/model.json", answering(1))
    odd = ["sp ace", "pl+us", "per%20cent", "é日本", "til~de", "a=b&c?d#e", "semi;colon:at@", "quo'te\"<&>", "!*()"]
    for name in odd:
        bucket.put(f"mo del+é/warmup/{name}", name.encode())
    refused = ["mo del+é/../escaped", "mo del+é//twice", "../outside/1/model.json", "mo del+é/" + "x" * 300]
    for key in refused:
        bucket.put(key, b"bad")
    data = tmp_path / "data"
    server = start_server("--data-directory", str(data), repositories=[f"s3://{bucket.name}"])
    assert answer(server, "mo%20del%2B%C3%A9") == 1
    (models,) = data.glob("repositories/*/models")
    for name in odd:
        assert (models / "mo del+é/warmup" / name).read_bytes() == name.encode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"bad"]
    assert server.log.count("the object is ignored") == len(refused)
    assert server.terminate() == 0


def test_a_store_that_is_followed(bucket, start_server):
    bucket.put("living/1/model.json", answering(1))
    bucket.put("leaving/1/model.json", answering(9))
    server = start_server("--model-control-mode", "poll", "--repository-poll-secs", "1",
                          repositories=[f"s3://{bucket.name}"])
    assert answer(server, "living") == 1 and answer(server, "leaving") == 9
    bucket.put("living/2/model.json", answering(2))
    wait_until(lambda: answer(server, "living") == 2, "a new version")
    bucket.put("living/2/model.json", answering(3))
    wait_until(lambda: answer(server, "living") == 3, "a version with other content")
    bucket.remove("living/2/model.json")
    wait_until(lambda: answer(server, "living") == 1, "the version before")
    bucket.put("arriving/1/model.json", answering(4))
    wait_until(lambda: answer(server, "arriving") == 4, "a new model")
    bucket.remove("leaving/1/model.json")
    wait_until(lambda: answer(server, "leaving") is None, "a model that is gone")
    assert server.terminate() == 0


def test_a_version_that_is_half_uploaded_is_not_served(bucket, start_server):
    bucket.put("living/1/model.json", answering(1))
    server = start_server("--model-control-mode", "poll", "--repository-poll-secs", "1",
                          repositories=[f"s3://{bucket.name}"])
    # The model's own file comes last; until then the version that serves goes on.
    bucket.put("living/2/notes.txt", b"the model comes later")
    wait_until(lambda: "model=living version=2" in server.log, "an attempt without the model's file")
    assert answer(server, "living") == 1 and server.get_status("/v2/models/living/ready") == 200
    bucket.put("living/2/model.json", answering(2))
    wait_until(lambda: answer(server, "living") == 2, "the whole version")
    assert server.terminate() == 0


def test_a_store_that_is_away(environment, start_server, tmp_path):
    store = ObjectStore()
    environment(AWS_ACCESS_KEY_ID=store.access_key, AWS_SECRET_ACCESS_KEY=store.secret_key,
                AWS_ENDPOINT_URL=store.url)
    bucket = store.make_bucket("away")
    bucket.put("living/1/model.json", answering(1))
    options = ["--data-directory", str(tmp_path / "data"), "--model-control-mode", "poll", "--repository-poll-secs",
               "1"]
    server = start_server(*options, repositories=["s3://away"])
    assert answer(server, "living") == 1
    store.stop()
    wait_until(lambda: "repository not synchronised" in server.log, "a line about the store")
    assert answer(server, "living") == 1 and server.get_status("/v2/health/ready") == 200
    assert server.terminate() == 0
    server = start_server(*options, repositories=["s3://away"])
    assert "serving from the cache" in server.log
    assert answer(server, "living") == 1
    assert server.terminate() == 0
    assert "nobody accepts connections there" in refused_start("s3://away")


class HalfStore(http.server.BaseHTTPRequestHandler):
    """Lists two files of a model and has only the first of them."""

    objects = {"broken/1/a": b"x" * 1_000, "broken/1/b": None, "good/1/model.json": answering(5)}

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if "list-type" in query:
            rows = "".join(
                f"<Contents><Key>{key}</Key><ETag>&quot;e&quot;</ETag><Size>{len(content or b'x')}</Size></Contents>"
                for key, content in self.objects.items()
            )
            status, body = 200, f"<ListBucketResult>{rows}<IsTruncated>false</IsTruncated></ListBucketResult>".encode()
        else:
            body = self.objects[path.removeprefix("/half/")]
            status, body = (404, b"") if body is None else (200, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_what_was_fetched_in_vain_is_removed(environment, start_server, tmp_path):
    store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), HalfStore)
    thread = threading.Thread(target=store.serve_forever)
    thread.start()
    try:
        environment(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret",
                    AWS_ENDPOINT_URL=f"http://127.0.0.1:{store.server_address[1]}")
        server = start_server("--data-directory", str(tmp_path / "data"), "--exit-on-error=false",
                              "--model-control-mode=poll", "--repository-poll-secs=1", repositories=["s3://half"])
        assert answer(server, "good") == 5
        (incoming,) = tmp_path.glob("data/repositories/*/incoming")
        # Each look fetches the model's first file again.
        wait_until(lambda: "broken" in server.log, "a line about the model")
        wait_until(lambda: not list(incoming.iterdir()), "nothing is left")
        assert server.terminate() == 0
    finally:
        store.shutdown()
        thread.join()


def test_a_signal_ends_the_wait_for_a_store_at_start(environment):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        environment(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret",
                    AWS_ENDPOINT_URL=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        process = subprocess.Popen(
            [binary_path(), "serve", "--http-port", "0", "--metrics-port", "0", "--grpc-port", "-1",
             "--model-repository", "s3://bucket"], stderr=subprocess.PIPE, text=True)
        connection, _ = deaf.accept()
        with connection:
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=10)
        assert process.returncode == 0, log
        assert "interrupted" in log


def test_a_cache_belongs_to_one_server(bucket, start_server, tmp_path):
    bucket.put("one/1/model.json", answering(1))
    options = ["--data-directory", str(tmp_path / "data")]
    server = start_server(*options, repositories=[f"s3://{bucket.name}"])
    assert "another process uses the cache" in refused_start(f"s3://{bucket.name}", *options)
    assert answer(server, "one") == 1
    assert server.terminate() == 0


def test_what_is_unchanged_is_not_fetched_again(bucket, start_server, tmp_path):
    bucket.put("one/1/model.json", answering(1))
    options = ["--data-directory", str(tmp_path / "data")]
    server = start_server(*options, repositories=[f"s3://{bucket.name}"])
    assert "repository synchronised" in server.log
    assert server.terminate() == 0
    (held,) = tmp_path.glob("data/repositories/*/models/one/1/model.json")
    before = held.stat()
    server = start_server(*options, repositories=[f"s3://{bucket.name}"])
    assert "repository synchronised" not in server.log
    assert answer(server, "one") == 1 and held.stat().st_ino == before.st_ino
    assert server.terminate() == 0


def test_models_are_loaded_on_request(environment, start_server):
    store = ObjectStore()
    environment(AWS_ACCESS_KEY_ID=store.access_key, AWS_SECRET_ACCESS_KEY=store.secret_key,
                AWS_ENDPOINT_URL=store.url)
    bucket = store.make_bucket("explicit")
    bucket.put("one/1/model.json", answering(1))
    bucket.put("two/1/model.json", answering(2))
    server = start_server("--model-control-mode", "explicit", "--load-model", "one", repositories=["s3://explicit"])
    assert answer(server, "one") == 1 and answer(server, "two") is None
    index = call(server, "POST", "/v2/repository/index", b"")
    assert {entry["name"] for entry in json.loads(index.body)} == {"one", "two"}
    assert load(server, "two").status == 200 and answer(server, "two") == 2
    bucket.put("one/1/model.json", answering(3))
    assert load(server, "one").status == 200 and answer(server, "one") == 3
    bucket.put("three/1/model.json", answering(5))
    assert load(server, "three").status == 200 and answer(server, "three") == 5
    assert load(server, "nobody").status != 200
    store.stop()
    refused = load(server, "one")
    text = refused.body.decode()
    assert refused.status == 400 and "s3://explicit" in text and "/rowan-" not in text
    assert answer(server, "one") == 3
    assert server.terminate() == 0


def ensemble_of(model, name="x", output="score"):
    return f"""platform: "ensemble"
input {{ name: "x" data_type: TYPE_FP32 dims: {FEATURES} }}
output {{ name: "score" data_type: TYPE_FP32 dims: 1 }}
ensemble_scheduling {{ step {{ model_name: "{model}" model_version: -1
input_map {{ key: "{name}" value: "x" }} output_map {{ key: "{output}" value: "score" }} }} }}
""".encode()


@pytest.mark.parametrize("at_start", [True, False])
def test_an_ensemble_is_loaded_with_what_it_calls(store, bucket, start_server, at_start):
    """`outer` calls `inner`, which calls `one`, which lies in another bucket."""
    other = store.make_bucket(next(NAMES))
    other.put("one/1/model.json", answering(1))
    other.put("two/1/model.json", answering(2))
    bucket.put("inner/config.pbtxt", ensemble_of("one", name="features"))
    bucket.put("outer/config.pbtxt", ensemble_of("inner"))
    for name in ("inner", "outer"):
        bucket.put(f"{name}/1/.keep", b"")
    wanted = ["--load-model", "outer"] if at_start else []
    server = start_server("--model-control-mode", "explicit", *wanted,
                          repositories=[f"s3://{bucket.name}", f"s3://{other.name}"])
    if not at_start:
        assert load(server, "outer").status == 200
    assert answer(server, "outer") == 1 and answer(server, "one") == 1 and answer(server, "two") is None
    other.put("one/1/model.json", answering(3))
    assert load(server, "outer").status == 200 and answer(server, "outer") == 3
    # The configuration of a request calls another model, which the store has.
    text = json.dumps({
        "platform": "ensemble",
        "input": [{"name": "x", "data_type": "TYPE_FP32", "dims": [FEATURES]}],
        "output": [{"name": "score", "data_type": "TYPE_FP32", "dims": [1]}],
        "ensemble_scheduling": {"step": [{
            "model_name": "two", "model_version": -1, "input_map": {"features": "x"},
            "output_map": {"score": "score"}}]},
    })
    brought = call(server, "POST", "/v2/repository/models/outer/load",
                   json.dumps({"parameters": {"config": text}}).encode())
    assert brought.status == 200, brought.body
    assert answer(server, "outer") == 2
    assert server.terminate() == 0


def test_check_reads_an_object_store(store, bucket, tmp_path):
    bucket.put("good/1/model.json", answering(1))
    bucket.put("bad/1/model.json", b"{")
    ended = run("check", f"s3://{bucket.name}")
    assert ended.returncode == 1 and "good" in ended.stdout and f"s3://{bucket.name}/bad/1/model.json" in ended.stdout
    assert "rowan-" not in ended.stdout
    bucket.remove("bad/1/model.json")
    ended = run("check", f"s3://{bucket.name}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    ended = run("check", "s3://nobodys-bucket")
    assert ended.returncode == 1 and "NoSuchBucket" in ended.stderr
    assert not list(tmp_path.glob("rowan-*"))


def test_a_server_that_asks_nobody_opens_no_libcurl(start_server):
    server = start_server()
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "libcurl" not in maps and "libcrypto" not in maps
    assert server.terminate() == 0
