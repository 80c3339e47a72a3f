"""The life of models: loaded and unloaded on request, followed in a repository, replaced under load."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import time

import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from inference_client import call, infer, outputs_of
from living_models import ROWS, Clients, LivingModel, answering, document, resident_bytes, states, wait_until
from server_process import binary_path
from tritonclient.utils import InferenceServerException

EXPLICIT = "--model-control-mode=explicit"
POLL = "--model-control-mode=poll"
RELOADS = int(os.environ.get("ROWAN_TEST_RELOADS", "200"))


@pytest.fixture
def repository(tmp_path):
    path = tmp_path / "repository"
    path.mkdir()
    return path


def answer_of(server, model, version=None):
    answer = infer(server, model, ROWS, version)
    return answer.status if answer.status != 200 else outputs_of(answer)["score"][0]


def load(server, model, parameters=None, headers=None):
    body = json.dumps({"parameters": parameters}) if parameters is not None else None
    return call(server, "POST", f"/v2/repository/models/{model}/load", body, headers)


def unload(server, model):
    return call(server, "POST", f"/v2/repository/models/{model}/unload")


# Requests that load and unload


def test_tritonclient_loads_and_unloads(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    other = LivingModel(repository, "other")
    other.write(1, answering(5))
    server = start_server(EXPLICIT, "--load-model=other", repositories=(repository,))
    with triton.InferenceServerClient(server.url) as client:
        index = {entry["name"]: entry for entry in client.get_model_repository_index()}
        assert index["living"] == {"name": "living"}
        assert index["other"] == {"name": "other", "version": "1", "state": "READY"}
        assert client.is_server_ready(), "nobody has asked for the other model"
        assert not client.is_model_ready("living")
        client.load_model("living")
        assert client.is_model_ready("living") and client.is_model_ready("living", "1")
        assert answer_of(server, "living") == 1
        client.load_model("living", config=json.dumps({"max_batch_size": 3}))
        assert client.get_model_config("living")["max_batch_size"] == 3
        client.load_model("living")
        assert client.get_model_config("living")["max_batch_size"] == 3, "nothing has changed on disk"
        files = {"file:4/model.json": answering(4), "file:9/model.json": answering(9)}
        config = json.dumps({"version_policy": {"all": {}}})
        client.load_model("living", config=config, files=files)
        assert client.get_model_metadata("living")["versions"] == ["4", "9"]
        assert (answer_of(server, "living"), answer_of(server, "living", 4)) == (9, 4)
        client.load_model("living")
        assert client.get_model_metadata("living")["versions"] == ["1"]
        client.load_model("brought", config="{}", files={"file:2/model.json": answering(2)})
        assert answer_of(server, "brought") == 2
        client.unload_model("living", unload_dependents=True)
        assert not client.is_model_ready("living")
        with pytest.raises(InferenceServerException, match="no available versions"):
            client.get_model_metadata("living")
        unloaded = {"name": "living", "version": "1", "state": "UNAVAILABLE", "reason": "unloaded"}
        wait_until(lambda: unloaded in client.get_model_repository_index(), "its last request has ended")
        assert client.is_server_ready(), "an unloaded model is forgiven"
        client.load_model("living")
        assert client.get_model_config("living")["max_batch_size"] != 3, "unloading has undone it"
        client.unload_model("nobody")
        with pytest.raises(InferenceServerException, match="failed to poll from model repository") as raised:
            client.load_model("nobody")
        assert raised.value.status() == "500"


def test_tritonclient_aio_loads_and_unloads(start_server, repository):
    LivingModel(repository).write(1, answering(1))
    server = start_server(EXPLICIT, repositories=(repository,))

    async def session():
        async with triton_aio.InferenceServerClient(server.url) as client:
            await client.load_model("living")
            assert await client.is_model_ready("living")
            await client.unload_model("living")
            assert not await client.is_model_ready("living")

    asyncio.run(session())


def test_a_failed_load_leaves_what_serves(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    server = start_server(EXPLICIT, "--load-model=*", repositories=(repository,))
    model.write(2, b"{")
    for _ in range(2):
        answer = load(server, "living")
        assert answer.status == 400
        assert answer.error.startswith("load failed for model 'living': version 2 is at UNAVAILABLE state: living/2")
        found = states(server)
        assert found["living", 1][0] == "READY" and "version 2" in found["living", 1][1]
        assert found["living", 2][0] == "UNAVAILABLE"
        assert answer_of(server, "living") == 1 and answer_of(server, "living", 2) == 503
        assert call(server, "GET", "/v2/health/ready").status == 200, "a failed reload keeps the server ready"
    model.write(2, answering(2))
    assert load(server, "living").status == 200
    wait_until(lambda: states(server) == {("living", 2): ("READY", "")}, "the version before has ended")
    assert answer_of(server, "living") == 2 and answer_of(server, "living", 1) == 404


@pytest.mark.parametrize(
    "parameters, text",
    [
        ({"config": "{"}, "invalid JSON"),
        ({"config": '{"backend": "python"}'}, "is not served"),
        ({"config": '{"max_batch": 1}'}, "no field 'max_batch'"),
        ({"file:1/model.json": ""}, "files come only with"),
        ({"config": "{}", "file:1/../x": ""}, "no <version>/<plain name>"),
        ({"config": "{}", "file:x/model.json": ""}, "no <version>/<plain name>"),
        ({"config": "{}", "file:1/model.json": "*"}, "base64"),
        ({"config": "{}", "file:1/model.json": ""}, "load failed for model 'living'"),
        ({"speed": "high"}, "unrecognized load parameter"),
        ({"config": 3}, "no string"),
    ],
)
def test_what_a_load_request_brings_is_checked(start_server, repository, parameters, text):
    LivingModel(repository).write(1, answering(1))
    server = start_server(EXPLICIT, "--load-model=living", repositories=(repository,))
    answer = load(server, "living", parameters)
    assert answer.status == 400 and text in answer.error, answer.body
    assert answer_of(server, "living") == 1


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a%2Fb", "..%2F..%2Fetc", "x%00y", "%", "n" * 300])
def test_names_never_lead_out_of_the_repository(start_server, repository, name):
    server = start_server(EXPLICIT, repositories=(repository,))
    for parameters in (None, {"config": "{}", "file:1/model.json": ""}):
        assert load(server, name, parameters).status in (400, 500)
    assert unload(server, name).status == 200
    assert call(server, "GET", "/v2/health/live").status == 200


def test_a_model_that_is_not_there_ends_the_start(repository):
    LivingModel(repository).write(1, answering(1))
    command = [binary_path(), "serve", "--model-repository", repository, EXPLICIT, "--load-model=other"]
    command += ["--http-port=0", "--metrics-port=0"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert result.returncode == 1 and "no repository has this model" in result.stderr


def test_only_mode_explicit_loads_on_request(start_server, repository):
    LivingModel(repository).write(1, answering(1))
    for options in ([], [POLL]):
        server = start_server(*options, repositories=(repository,))
        for answer in (load(server, "living"), unload(server, "living")):
            assert answer.status == 503 and "polling is enabled" in answer.error
    server = start_server(EXPLICIT, repositories=(repository,))
    assert call(server, "POST", "/v2/repository/main/models/living/load").status == 501


# Who may


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"x-forwarded-proto": "http"},
        {"Forwarded": "for=127.0.0.1"},
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Host": "example.com"},
    ],
)
def test_who_is_no_direct_local_caller_is_refused(start_server, repository, headers):
    LivingModel(repository).write(1, answering(1))
    server = start_server(EXPLICIT, repositories=(repository,))
    answer = load(server, "living", headers=headers)
    assert answer.status == 403 and "--admin-token-file" in answer.error
    assert states(server) == {("living", None): (None, "")}
    # The line comes by a pipe of its own.
    wait_until(
        lambda: any("audit" in line and "refused" in line and "living" in line for line in server.lines), "the line"
    )


def test_with_a_token_everybody_needs_it_and_calls_are_audited(start_server, repository, tmp_path):
    LivingModel(repository).write(1, answering(1))
    token = tmp_path / "token"
    token.write_text("an-admin-token-of-this-test\n")
    server = start_server(EXPLICIT, "--admin-token-file", str(token), repositories=(repository,))
    assert load(server, "living").status == 403
    assert load(server, "living", headers={"Authorization": "Bearer another-token-of-a-test"}).status == 403
    right = {"Authorization": "Bearer an-admin-token-of-this-test", "X-Forwarded-For": "10.1.1.1"}
    assert load(server, "living", headers=right).status == 200
    assert answer_of(server, "living") == 1
    assert load(server, "nobody", headers=right).status == 500
    audits = [line for line in server.lines if "audit" in line]
    assert any("load" in line and "living" in line and "token" in line and "done" in line for line in audits), audits
    assert any("nobody" in line and "failed to load" in line for line in audits)
    assert not any("an-admin-token" in line for line in server.lines)


# A repository that is followed


def test_versions_are_followed(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    server = start_server(POLL, repositories=(repository,))
    assert answer_of(server, "living") == 1
    model.move_in(2, answering(2))
    wait_until(lambda: answer_of(server, "living") == 2, "a version that was moved in answers")
    model.write(3, answering(3))
    wait_until(lambda: answer_of(server, "living") == 3, "a version that was written answers")
    model.remove(3)
    wait_until(lambda: answer_of(server, "living") == 2, "the version before answers again")
    (model.directory / "config.pbtxt").write_text("version_policy { all { } }")
    wait_until(lambda: answer_of(server, "living", 1) == 1, "the policy is obeyed")
    assert call(server, "GET", "/v2/models/living").json["versions"] == ["1", "2"]
    (model.directory / "config.pbtxt").write_text("version_policy { specific { versions: 1 } } max_batch_size: 6")
    wait_until(lambda: answer_of(server, "living") == 1, "one version is chosen")
    assert call(server, "GET", "/v2/models/living/config").json["max_batch_size"] == 6


def test_models_come_and_go(start_server, repository):
    second = repository.parent / "second"
    second.mkdir()
    first = LivingModel(repository, "first")
    first.write(1, answering(1))
    server = start_server(POLL, repositories=(repository, second))
    other = LivingModel(second, "other")
    other.move_in(8, answering(8))
    wait_until(lambda: answer_of(server, "other") == 8, "a new model answers")
    shutil.rmtree(first.directory)
    wait_until(lambda: answer_of(server, "first") == 404, "a deleted model does not answer")
    wait_until(lambda: ("first", None) not in states(server) and ("first", 1) not in states(server), "nor is listed")
    os.rename(other.directory, second / "renamed")
    wait_until(lambda: answer_of(server, "renamed") == 8, "a renamed model answers")
    wait_until(lambda: answer_of(server, "other") == 404, "and not under its old name")
    LivingModel(repository, "renamed").write(1, answering(1))
    wait_until(
        lambda: any("duplicate" in reason for (name, _), (_, reason) in states(server).items() if name == "renamed"),
        "a name in two repositories is a fault",
    )
    assert answer_of(server, "renamed") == 8, "which leaves the one that serves"


def test_links_are_swapped(start_server, repository, tmp_path):
    model = LivingModel(repository)
    for number in (1, 2):
        (tmp_path / f"store{number}").mkdir()
        (tmp_path / f"store{number}" / "model.json").write_bytes(answering(number))
    model.path(5).symlink_to(tmp_path / "store1")
    server = start_server(POLL, repositories=(repository,))
    assert answer_of(server, "living", 5) == 1
    for number in (2, 1, 2):
        link = model.staging / "link"
        link.symlink_to(tmp_path / f"store{number}")
        os.rename(link, model.path(5))
        wait_until(lambda: answer_of(server, "living", 5) == number, "the link's new target answers")


def test_nothing_half_written_is_served(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    server = start_server(POLL, repositories=(repository,))
    content = answering(2)
    model.path(2).mkdir()
    with open(model.path(2) / "model.json", "wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        # Longer than files must be quiet: who writes has the file open all the while.
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            assert states(server) == {("living", 1): ("READY", "")}
            time.sleep(0.02)
        file.write(content[len(content) // 2 :])
    wait_until(lambda: answer_of(server, "living") == 2, "the whole file answers")
    wait_until(lambda: states(server) == {("living", 2): ("READY", "")}, "the version before has ended")
    assert not any("not loaded" in line for line in server.lines), server.log


def test_what_is_no_model_is_said_and_mended(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    server = start_server(POLL, "--exit-on-error=false", repositories=(repository,))
    os.mkdir(model.path(2))
    os.mkfifo(model.path(2) / "model.json")
    wait_until(lambda: states(server).get(("living", 2), ("",))[0] == "UNAVAILABLE", "a pipe is no model")
    assert answer_of(server, "living") == 1
    os.unlink(model.path(2) / "model.json")
    (model.path(2) / "model.json").write_bytes(answering(2))
    wait_until(lambda: answer_of(server, "living") == 2, "the mended version answers")
    new = LivingModel(repository, "new")
    new.write(1, b"no model")
    wait_until(lambda: states(server).get(("new", 1), ("",))[0] == "UNAVAILABLE", "a first load fails")
    assert call(server, "GET", "/v2/health/ready").status == 400, "a model that never loaded is not ready"
    new.write(1, answering(3))
    wait_until(lambda: answer_of(server, "new") == 3, "and answers when it is mended")
    assert call(server, "GET", "/v2/health/ready").status == 200


def test_a_thousand_versions(start_server, repository):
    model = LivingModel(repository)
    (model.directory / "config.pbtxt").write_text("version_policy { all { } }")
    for number in range(1, 1001):
        model.write(number, answering(number))
    server = start_server(POLL, repositories=(repository,))
    assert len(call(server, "GET", "/v2/models/living").json["versions"]) == 1000
    model.move_in(1001, answering(1001))
    wait_until(lambda: answer_of(server, "living") == 1001, "one version more answers")
    assert [answer_of(server, "living", number) for number in (1, 500, 1000)] == [1, 500, 1000]


# Counters


def test_counters_go_on_over_a_reload_and_begin_anew_after_an_unload(start_server, repository):
    model = LivingModel(repository)
    model.write(1, answering(1))
    server = start_server(EXPLICIT, "--load-model=living", repositories=(repository,))

    def count():
        page = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
        lines = [line for line in page.splitlines() if line.startswith('nv_inference_count{model="living"')]
        return sum(float(line.split()[-1]) for line in lines) if lines else None

    answer_of(server, "living")
    assert count() == 1
    model.write(1, answering(1))
    assert load(server, "living").status == 200
    answer_of(server, "living")
    assert count() == 2, "a reload of the version goes on"
    assert unload(server, "living").status == 200
    wait_until(lambda: count() is None, "an unloaded version has no series")
    assert load(server, "living").status == 200
    answer_of(server, "living")
    assert count() == 1


# Under load


def test_reloads_under_load(start_server, repository):
    """Good, bad, half-written and deleted versions: no request fails, and only versions that were ready answer."""
    dice = random.Random(11)
    model = LivingModel(repository)
    model.write(1, answering(1))
    permitted = {1}
    server = start_server(POLL, repositories=(repository,))
    clients = Clients(server, "living", permitted.__contains__)
    # Versions that lie there, and the highest of them, which answers.
    there, current, memory = [1], 1, []
    for step in range(RELOADS):
        version = step + 2
        kind = dice.choices(["moved", "bad", "half", "deleted", "rewritten"], [80, 8, 4, 4, 4])[0]
        content = answering(version)
        if kind == "bad":
            model.move_in(version, content[: dice.randrange(len(content))])
            wait_until(lambda: states(server).get(("living", version), ("",))[0] == "UNAVAILABLE", "it is refused")
            # Another loop may answer, which takes up the tables in the same order, each a moment later.
            wait_until(lambda: states(server).get(("living", current), ("",))[0] == "READY", "the one before stays")
            model.remove(version)
        elif kind == "deleted" and len(there) > 1:
            model.remove(there.pop())
            current = there[-1]
            wait_until(lambda: answer_of(server, "living") == current, "the one before answers")
        elif kind == "rewritten":
            model.write(current, answering(current))
        else:
            permitted.add(version)
            if kind == "half":
                model.path(version).mkdir()
                with open(model.path(version) / "model.json", "wb", buffering=0) as file:
                    file.write(content[: len(content) // 2])
                    wait_until(lambda: sum(clients.answered) > 0, "clients go on")
                    file.write(content[len(content) // 2 :])
            else:
                model.move_in(version, content)
            wait_until(lambda: answer_of(server, "living") == version, f"version {version} answers ({kind})")
            there.append(version)
            current = version
        if step % (RELOADS // 10) == 0:
            memory.append(resident_bytes(server) >> 10)
    answered = clients.stop()
    print(f"{RELOADS} steps, {answered} answers of {len(clients.versions)} versions, {len(clients.faults)} faults")
    print(f"longest {max(clients.longest):.4f} s, resident KiB {memory}")
    assert not clients.faults, clients.faults[:5]
    assert answered > RELOADS and len(clients.versions) > 5
    assert server.process.poll() is None


def test_unloaded_models_give_their_memory_back(start_server, repository):
    """A model of some megabytes, loaded and unloaded again and again."""
    model = LivingModel(repository)
    model.write(1, document(trees=400, depth=8, rows=4000))
    size = (model.path(1) / "model.json").stat().st_size
    server = start_server(EXPLICIT, "--threads=1", repositories=(repository,))
    memory = []
    for _ in range(100):
        assert load(server, "living").status == 200
        assert answer_of(server, "living") not in (404, 503)
        assert unload(server, "living").status == 200
        memory.append(resident_bytes(server))
    wait_until(lambda: resident_bytes(server) < min(memory), "what was not used for a while goes back")
    idle = resident_bytes(server)
    print(f"model file {size >> 10} KiB; resident KiB after cycle 10, 50, 100:", [memory[i] >> 10 for i in (9, 49, 99)],
          f"then {idle >> 10}")
    # What was given back a moment ago may still be resident after any one of the cycles, the first ones too.
    assert min(memory[90:]) < max(memory[:20]) + size, "memory grows from cycle to cycle"
