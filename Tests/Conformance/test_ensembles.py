"""Ensembles: models that read each other's answers, against the trainers chained in Python, and their common life."""

import json
import os
import subprocess
import threading

import lightgbm
import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.utils.shared_memory as shm
import xgboost
from inference_client import call, infer, infer_binary, outputs_of, tensor
from living_models import LivingModel, answering, document, states, wait_until
from raw_http import RawConnection, request
from server_process import binary_path
from test_metrics import scrape, value
from tritonclient.utils import InferenceServerException

EXPLICIT = "--model-control-mode=explicit"
POLL = "--model-control-mode=poll"
FEATURES = 6
LABELS = ["no", "yes, certainly"]


def tensors(field, *described):
    lines = (f'{field} {{ name: "{name}" data_type: TYPE_{type_} dims: {dims} }}\n' for name, type_, dims in described)
    return "".join(lines)


def step(model, inputs, outputs, version=-1):
    def maps(field, pairs):
        return " ".join(f'{field} {{ key: "{key}" value: "{name}" }}' for key, name in pairs.items())

    version = f"model_version: {version}"
    return f'step {{ model_name: "{model}" {version} {maps("input_map", inputs)} {maps("output_map", outputs)} }}\n'


def ensemble(inputs, outputs, *steps):
    return (
        'platform: "ensemble"\n'
        + tensors("input", *inputs)
        + tensors("output", *outputs)
        + "ensemble_scheduling {\n"
        + "".join(steps)
        + "}\n"
    )


def write_ensemble(repository, name, text):
    (repository / name / "1").mkdir(parents=True, exist_ok=True)
    (repository / name / "config.pbtxt").write_text(text)


def rows_of(count, seed=1):
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(count, FEATURES))
    rows[generator.random(rows.shape) < 0.1] = np.nan
    return rows


class Chain:
    """Two forests on the same rows, a third one on their margins, and the trainer's own answers."""

    def __init__(self, repository):
        rows = rows_of(500).astype(np.float32)
        known = np.nan_to_num(rows)
        labels = known[:, 0] + known[:, 1] * known[:, 2] > 0
        settings = {"objective": "binary:logistic", "max_depth": 4, "nthread": 1}
        data = xgboost.DMatrix(rows, labels)
        self.first = xgboost.train(settings, data, 12)
        self.second = xgboost.train({**settings, "max_depth": 2, "eta": 0.7, "base_score": 0.3}, data, 7)
        self.third = xgboost.train(settings, xgboost.DMatrix(self.margins(rows), labels), 9)
        settings = {"objective": "regression", "verbose": -1, "num_threads": 1}
        self.light = lightgbm.train(settings, lightgbm.Dataset(rows, known[:, 0].copy()), 11)
        for name in ["first", "second", "third"]:
            (repository / name / "1").mkdir(parents=True)
            getattr(self, name).save_model(repository / name / "1" / "model.json")
        (repository / "light" / "1").mkdir(parents=True)
        self.light.save_model(repository / "light" / "1" / "model.txt")
        features = [f'features {{ name: "{name}" }}' for name in ["a", "b"]]
        (repository / "third" / "rowan.pbtxt").write_text("\n".join(features))
        x = ("x", "FP32", FEATURES)
        write_ensemble(
            repository,
            "chain",
            ensemble(
                [x],
                [("label", "INT64", 1), ("probabilities", "FP32", 2), ("final", "FP32", 1), ("first", "FP32", 1)],
                step(
                    "third",
                    {"a": "first", "b": "second"},
                    {"label": "label", "margin": "final", "probabilities": "probabilities"},
                ),
                step("first", {"features": "x"}, {"margin": "first"}),
                step("second", {"features": "x"}, {"margin": "second"}),
            ).replace('name: "probabilities"', 'name: "probabilities" label_filename: "labels.txt"', 1),
        )
        (repository / "chain" / "labels.txt").write_text("\n".join(LABELS))
        write_ensemble(
            repository,
            "mixed",
            ensemble(
                [("wide", "FP64", FEATURES), ("b", "INT64", 1)],
                [("light", "FP32", 1), ("final", "FP32", 1)],
                step("light", {"features": "wide"}, {"score": "light"}),
                step("first", {"features": "wide"}, {"margin": "margin"}),
                step("third", {"a": "margin", "b": "b"}, {"margin": "final"}),
            ),
        )
        write_ensemble(
            repository,
            "nested",
            ensemble([x], [("y", "FP32", 1)], step("chain", {"x": "x"}, {"final": "y"})),
        )

    def margins(self, rows):
        data = xgboost.DMatrix(rows)
        return np.stack([each.predict(data, output_margin=True) for each in (self.first, self.second)], axis=1)

    def expected(self, rows):
        data = xgboost.DMatrix(self.margins(rows))
        return self.third.predict(data, output_margin=True), self.third.predict(data)


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    repository = tmp_path_factory.mktemp("ensembles") / "repository"
    chain = Chain(repository)
    chain.repository = repository
    return chain


@pytest.fixture(scope="module")
def chain_server(chain):
    from server_process import ServerProcess

    process = ServerProcess([chain.repository])
    yield process
    assert process.terminate() == 0, process.log


@pytest.fixture(scope="module")
def memory_server(chain):
    from server_process import ServerProcess

    process = ServerProcess([chain.repository], "--allow-client-shm=true")
    yield process
    assert process.terminate() == 0, process.log


def same(left, right):
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()


@pytest.mark.parametrize("count", [1, 2, 63, 700, 30_000])
@pytest.mark.parametrize("is_binary", [True, False])
def test_a_forest_on_the_margins_of_two(chain, chain_server, count, is_binary):
    rows = rows_of(count, seed=count).astype(np.float32)
    with triton.InferenceServerClient(chain_server.url, network_timeout=60) as client:
        x = triton.InferInput("x", rows.shape, "FP32")
        if is_binary:
            x.set_data_from_numpy(rows)
        else:
            rows = np.nan_to_num(rows)
            x.set_data_from_numpy(rows, binary_data=False)
        answer = client.infer("chain", [x])
    final, predicted = chain.expected(rows)
    assert same(answer.as_numpy("final"), final)
    assert same(answer.as_numpy("first"), chain.margins(rows)[:, 0].copy())
    assert np.array_equal(answer.as_numpy("label"), (predicted > 0.5).astype(np.int64))
    assert np.array_equal(answer.as_numpy("probabilities")[:, 1], predicted)


def test_an_ensemble_is_what_a_client_gets_from_its_models(chain_server):
    rows = rows_of(300, seed=9).astype(np.float32)
    first, second = (outputs_of(infer_binary(chain_server, name, rows))["margin"] for name in ("first", "second"))
    inputs = [("a", "FP32", first[:, None]), ("b", "FP32", second[:, None])]
    with triton.InferenceServerClient(chain_server.url) as client:
        third = []
        for name, type_, array in inputs:
            third.append(triton.InferInput(name, array.shape, type_))
            third[-1].set_data_from_numpy(array)
        by_hand = client.infer("third", third).as_numpy("margin")
    whole = outputs_of(infer_binary(chain_server, "chain", rows, name="x"))
    assert same(np.ascontiguousarray(whole["final"]), by_hand)
    nested = outputs_of(infer_binary(chain_server, "nested", rows, name="x"))
    assert same(np.ascontiguousarray(nested["y"]), by_hand)


@pytest.mark.parametrize("count", [1, 5, 6_000])
def test_tensors_of_several_datatypes(chain, chain_server, count):
    rows = rows_of(count, seed=count)
    longs = np.array([2**60 + 2**36 + 1, -3, 0, 7, 2**53 + 1] * (count // 5 + 1))[:count, None]
    with triton.InferenceServerClient(chain_server.url, network_timeout=60) as client:
        given = []
        for name, type_, array in [("b", "INT64", longs), ("wide", "FP64", rows)]:
            given.append(triton.InferInput(name, array.shape, type_))
            given[-1].set_data_from_numpy(array)
        answer = client.infer("mixed", given)
    narrow = rows.astype(np.float32)
    margins = np.stack([chain.margins(narrow)[:, 0], longs[:, 0].astype(np.float32)], axis=1)
    assert same(answer.as_numpy("final"), chain.third.predict(xgboost.DMatrix(margins), output_margin=True))
    assert same(answer.as_numpy("light"), chain.light.predict(rows, num_threads=1).astype(np.float32))


def test_metadata_configuration_and_index(chain_server):
    with triton.InferenceServerClient(chain_server.url) as client:
        metadata = client.get_model_metadata("mixed")
        assert metadata["platform"] == "ensemble" and metadata["versions"] == ["1"]
        assert metadata["inputs"] == [
            {"name": "wide", "datatype": "FP64", "shape": [-1, FEATURES]},
            {"name": "b", "datatype": "INT64", "shape": [-1, 1]},
        ]
        configuration = client.get_model_config("mixed")
        steps = configuration["ensemble_scheduling"]["step"]
        assert [each["model_name"] for each in steps] == ["light", "first", "third"]
        assert steps[2]["input_map"] == {"a": "margin", "b": "b"} and steps[2]["model_version"] == -1
        assert configuration["platform"] == "ensemble" and configuration["backend"] == ""
        assert client.is_model_ready("chain")
    assert all(state == "READY" for state, _ in states(chain_server).values())


def test_only_what_is_asked_for_is_computed_and_counted(chain_server):
    rows = np.nan_to_num(rows_of(5)).astype(np.float32)

    def counted(name):
        page = scrape(chain_server)
        labels = {"model": name, "version": "1"}
        names = ["nv_inference_request_success", "nv_inference_count", "nv_inference_exec_count"]
        return np.array([value(page, each, **labels) for each in names])

    names = ["nested", "chain", "first", "second", "third"]
    before = {name: counted(name) for name in names}
    answer = outputs_of(infer(chain_server, "chain", [tensor(rows, "x")], outputs=[{"name": "first"}]))
    assert list(answer) == ["first"]
    outputs_of(infer(chain_server, "chain", [tensor(rows, "x")]))
    outputs_of(infer(chain_server, "nested", [tensor(rows, "x")]))
    expected = {"nested": 1, "chain": 3, "first": 3, "second": 2, "third": 2}
    for name in names:
        assert (counted(name) - before[name]).tolist() == [expected[name], 5 * expected[name], expected[name]], name
    large = rows_of(30_000).astype(np.float32)
    before = {name: counted(name) for name in names}
    outputs_of(infer_binary(chain_server, "chain", large, name="x"))
    for name, count in {"nested": 0, "chain": 1, "first": 1, "second": 1, "third": 1}.items():
        assert (counted(name) - before[name]).tolist() == [count, 30_000 * count, count], name
    durations = ["nv_inference_request_duration_us", "nv_inference_compute_infer_duration_us"]
    page = scrape(chain_server)
    for name in names:
        request_time, compute = (value(page, each, model=name, version="1") for each in durations)
        assert request_time >= compute > 0, name


def test_rows_are_counted_by_the_last_models_labels(chain, chain_server):
    def counted(name, result):
        return value(scrape(chain_server), "model_prediction_total", model=name, result=result)

    for count in (40, 30_000):
        rows = rows_of(count, seed=5).astype(np.float32)
        _, predicted = chain.expected(rows)
        positives = int((predicted > 0.5).sum())
        assert 0 < positives < count
        before = {(name, result): counted(name, result) for name in ("chain", "first", "third") for result in "01"}
        outputs_of(infer_binary(chain_server, "chain", rows, name="x"))
        assert counted("chain", "1") - before["chain", "1"] == positives
        assert counted("chain", "0") - before["chain", "0"] == count - positives
        for name in ("first", "third"):
            assert all(counted(name, result) == before[name, result] for result in "01"), "it was asked for nothing"


@pytest.mark.parametrize("count", [1, 30_000])
def test_outputs_go_to_shared_memory(chain, memory_server, count):
    rows = rows_of(count, seed=6).astype(np.float32)
    final, predicted = chain.expected(rows)
    key = f"rowan_ensemble_{os.getpid()}_{count}"
    region = shm.create_shared_memory_region(key, key, rows.nbytes + 12 * count)
    try:
        shm.set_shared_memory_region(region, [rows])
        with triton.InferenceServerClient(memory_server.url, network_timeout=60) as client:
            client.register_system_shared_memory("all", key, rows.nbytes + 12 * count)
            x = triton.InferInput("x", rows.shape, "FP32")
            x.set_shared_memory("all", rows.nbytes)
            wanted = [triton.InferRequestedOutput(name) for name in ("probabilities", "label", "final")]
            wanted[0].set_shared_memory("all", 8 * count, rows.nbytes)
            wanted[2].set_shared_memory("all", 4 * count, rows.nbytes + 8 * count)
            answer = client.infer("chain", [x], outputs=wanted)
            client.unregister_system_shared_memory("all")
        written = shm.get_contents_as_numpy(region, np.float32, (count, 2), rows.nbytes)
        assert np.array_equal(written[:, 1], predicted)
        written = shm.get_contents_as_numpy(region, np.float32, (count,), rows.nbytes + 8 * count)
        assert same(np.array(written), final)
        assert np.array_equal(answer.as_numpy("label"), (predicted > 0.5).astype(np.int64))
    finally:
        shm.destroy_shared_memory_region(region)


@pytest.mark.parametrize("count", [1, 30_000])
def test_outputs_are_classified_with_the_ensembles_labels(chain_server, count):
    rows = rows_of(count, seed=7).astype(np.float32)
    x = triton.InferInput("x", rows.shape, "FP32")
    x.set_data_from_numpy(rows)
    wanted = [triton.InferRequestedOutput("probabilities", class_count=2), triton.InferRequestedOutput("final")]
    with triton.InferenceServerClient(chain_server.url, network_timeout=60) as client:
        answer = client.infer("chain", [x], outputs=wanted)
        values = client.infer("chain", [x]).as_numpy("probabilities")
    expected = []
    for row in values.tolist():
        order = sorted(range(2), key=lambda index: -row[index])
        expected.append([f"{row[index]:f}:{index}:{LABELS[index]}".encode() for index in order])
    assert answer.as_numpy("probabilities").tolist() == expected
    assert answer.as_numpy("final").dtype == np.float32


def test_requests_that_do_not_fit(chain_server):
    rows = np.zeros((2, FEATURES), np.float32)
    wide, b = tensor(rows, "wide", "FP64"), tensor(np.zeros((2, 1), np.int64), "b", "INT64")
    for inputs, message in [
        (
            [wide],
            "expected 2 inputs but got 1 inputs for model 'mixed'. Got input(s) ['wide'], but missing required "
            "input(s) ['b']",
        ),
        ([wide, b, b], "input 'b' already exists in request"),
        ([wide, tensor(np.zeros((1, 1), np.int64), "b", "INT64")], "batch size does not match"),
        ([tensor(rows, "wide", "FP32"), b], "data-type is 'FP32'"),
        ([tensor(rows[:, :3], "wide", "FP64"), b], "unexpected shape for input 'wide'"),
        ([wide, b, tensor(rows, "y", "FP32")], "unexpected inference input 'y'"),
    ]:
        answer = infer(chain_server, "mixed", inputs)
        assert answer.status == 400 and message in answer.error, answer.body


# FIL


def test_a_repository_of_triton(tmp_path, start_server):
    """Two models of the FIL backend, of which the second reads the first one's classes."""
    rows = np.nan_to_num(rows_of(200)).astype(np.float32)
    classes = np.digitize(rows[:, 0], [-0.5, 0.5])
    settings = {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "nthread": 1}
    first = xgboost.train(settings, xgboost.DMatrix(rows, classes), 5)
    middle = first.predict(xgboost.DMatrix(rows))
    second = xgboost.train({"max_depth": 3, "nthread": 1, "base_score": 0.0}, xgboost.DMatrix(middle, rows[:, 1]), 5)
    repository = tmp_path / "repository"
    described = [("first", first, "true", FEATURES, 3), ("second", second, "false", 3, 1)]
    for name, model, predicts, width, columns in described:
        (repository / name / "1").mkdir(parents=True)
        model.save_model(repository / name / "1" / "xgboost.json")
        parameters = {"model_type": "xgboost_json", "predict_proba": predicts, "output_class": predicts}
        (repository / name / "config.pbtxt").write_text(
            'backend: "fil"\nmax_batch_size: 32768\n'
            + tensors("input", ("input__0", "FP32", f"[ {width} ]"))
            + tensors("output", ("output__0", "FP32", f"[ {columns} ]"))
            + "instance_group [{ kind: KIND_CPU }]\n"
            + "".join(
                f'parameters [{{ key: "{key}" value: {{ string_value: "{text}" }} }}]\n'
                for key, text in parameters.items()
            )
        )
    text = ensemble(
        [("rows", "FP32", f"[ {FEATURES} ]")],
        [("classes", "FP32", "[ 3 ]"), ("value", "FP32", "[ 1 ]")],
        step("first", {"input__0": "rows"}, {"output__0": "classes"}),
        step("second", {"input__0": "classes"}, {"output__0": "value"}),
    )
    write_ensemble(repository, "pipeline", f'name: "pipeline"\nmax_batch_size: 32768\n{text}')
    server = start_server(repositories=(repository,))
    answer = outputs_of(infer_binary(server, "pipeline", rows, name="rows"))
    by_hand = outputs_of(infer_binary(server, "first", rows, name="input__0"))["output__0"]
    assert same(answer["classes"], by_hand)
    by_hand = outputs_of(infer_binary(server, "second", by_hand, name="input__0"))["output__0"]
    assert same(answer["value"], by_hand) and answer["value"].shape == by_hand.shape
    assert np.allclose(answer["classes"], middle, atol=1e-6)


# Faults


def test_faults_are_told_with_file_line_and_step(tmp_path, start_server):
    repository = tmp_path / "repository"
    repository.mkdir()
    x, y = ("x", "FP32", 4), ("y", "FP32", 1)
    LivingModel(repository, "m").write(1, answering(1))
    write_ensemble(repository, "missing", ensemble([x], [y], step("nobody", {"features": "x"}, {"score": "y"})))
    for name, other in [("left", "right"), ("right", "left")]:
        write_ensemble(repository, name, ensemble([x], [y], step(other, {"x": "x"}, {"y": "y"})))
    narrow = ("x", "FP32", 3)
    write_ensemble(repository, "narrow", ensemble([narrow], [y], step("m", {"features": "x"}, {"score": "y"})))
    write_ensemble(repository, "unwritten", ensemble([x], [y], step("m", {"features": "x"}, {"score": "z"})))
    circle = "ensembles call each other in a circle:"
    faults = {
        "left": f"left/config.pbtxt:5:6: step 0 ('right'): {circle} 'left', 'right', 'left'",
        "missing": "missing/config.pbtxt:5:6: step 0 ('nobody'): no repository has the model",
        "narrow": "narrow/config.pbtxt:5:52: step 0 ('m'): tensor 'x' has dims [3], input 'features' has [4]",
        "right": f"right/config.pbtxt:5:6: step 0 ('left'): {circle} 'right', 'left', 'right'",
        "unwritten": "unwritten/config.pbtxt:3:8: output 'y' is written by no step",
    }
    checked = subprocess.run([binary_path(), "check", str(repository), "--json"], capture_output=True, text=True)
    lines = [json.loads(line) for line in checked.stdout.splitlines()]
    assert checked.returncode == 1
    found = [
        f"{line['path']}:{line['line']}:{line['column']}: {line['message']}"
        for line in lines
        if line["kind"] == "fault"
    ]
    assert found == [f"{repository}/{fault}" for fault in faults.values()]
    server = start_server("--exit-on-error=false", "--strict-readiness=false", repositories=(repository,))
    index = states(server)
    assert index.pop(("m", 1)) == ("READY", "")
    assert {name: reason for (name, _), (_, reason) in index.items()} == faults
    assert {state for state, _ in index.values()} == {"UNAVAILABLE"}
    assert infer(server, "missing", [tensor(np.zeros((1, 4)), "x")]).status == 404


# Life


def twice(model="m"):
    """An ensemble that calls a model twice: an answer in which the two differ would be of two models."""
    return ensemble(
        [("x", "FP32", 4)],
        [("one", "FP32", 1), ("two", "FP32", 1)],
        step(model, {"features": "x"}, {"score": "one"}),
        step(model, {"features": "x"}, {"score": "two"}),
    )


@pytest.mark.parametrize("mode", [POLL, EXPLICIT])
def test_a_member_is_replaced_under_load(tmp_path, start_server, mode):
    repository = tmp_path / "repository"
    repository.mkdir()
    model = LivingModel(repository, "m")
    model.write(1, answering(1))
    write_ensemble(repository, "e", twice())
    write_ensemble(
        repository, "outer", ensemble([("x", "FP32", 4)], [("y", "FP32", 1)], step("e", {"x": "x"}, {"two": "y"}))
    )
    wanted = ["--load-model=outer"] if mode == EXPLICIT else []
    server = start_server(mode, "--threads=2", *wanted, repositories=(repository,))
    faults, seen, stop = [], set(), threading.Event()

    def answered():
        return outputs_of(infer(server, "outer", [tensor(np.zeros((1, 4)), "x")]))["y"][0]

    def ask(name):
        body = json.dumps({"inputs": [tensor(np.zeros((3, 4), np.float32), "x")]}).encode()
        asked = request("POST", f"/v2/models/{name}/infer", body)
        with RawConnection(server.http_port, timeout=20) as connection:
            while not stop.is_set():
                response = connection.exchange(asked)
                values = {each for output in json.loads(response.body).get("outputs", []) for each in output["data"]}
                if response.status != 200 or len(values) != 1:
                    faults.append((response.status, response.body))
                    return
                seen.update(values)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("e", "outer", "e", "outer")]
    for thread in threads:
        thread.start()
    last = 25
    try:
        for version in range(2, last + 1):
            model.move_in(version, answering(version))
            if mode == EXPLICIT:
                assert call(server, "POST", "/v2/repository/models/m/load").status == 200
            else:
                wait_until(lambda: states(server).get(("m", version), "")[:1] == ("READY",), f"version {version}")
            if mode == POLL:
                # Which loop a connection comes to is not known; in the other mode all loops serve the new table.
                wait_until(lambda: answered() == version, "a loop serves the new model")
            else:
                assert answered() == version, "the ensemble serves the new model with the same table"
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert not faults, faults[:3]
    assert seen >= {float(last)} and len(seen) > 5


def test_calls_of_replaced_members_are_counted(tmp_path, start_server):
    """Large requests to an ensemble that ends meanwhile count for the model that they have called."""
    repository = tmp_path / "repository"
    repository.mkdir()
    model = LivingModel(repository, "m")
    model.write(1, document(trees=40, depth=6, rows=2_000))
    write_ensemble(repository, "e", twice())
    server = start_server(EXPLICIT, "--load-model=e", "--threads=2", repositories=(repository,))
    rows, stop, answered, faults = np.zeros((60_000, 4), np.float32), threading.Event(), [0, 0], []

    def ask(index):
        while not stop.is_set():
            response = infer_binary(server, "e", rows, name="x")
            if response.status != 200:
                faults.append(response.status)
                return
            answered[index] += 1

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(20):
            # A request goes on while it loses its model.
            wait_until(lambda count=sum(answered): sum(answered) > count, "an answer")
            (repository / "m" / "1" / "model.json").write_bytes(document(number, trees=40, depth=6, rows=2_000))
            assert call(server, "POST", "/v2/repository/models/m/load").status == 200
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not faults
    for name, calls in (("e", 1), ("m", 2)):
        counted = value(scrape(server), "nv_inference_request_success", model=name, version="1")
        assert counted == calls * sum(answered), name


def test_an_ensemble_goes_with_its_model_and_comes_back(tmp_path, start_server):
    repository = tmp_path / "repository"
    repository.mkdir()
    LivingModel(repository, "m").write(1, answering(7))
    LivingModel(repository, "other").write(1, answering(8))
    write_ensemble(repository, "e", twice())
    write_ensemble(repository, "both", twice("other"))
    rows = [tensor(np.zeros((1, 4)), "x")]
    server = start_server(EXPLICIT, "--load-model=other", repositories=(repository,))
    with triton.InferenceServerClient(server.url) as client:
        client.load_model("e")
        assert states(server)[("m", 1)] == ("READY", ""), "its model was loaded with it"
        assert outputs_of(infer(server, "e", rows))["two"][0] == 7
        client.unload_model("m")
        wait_until(lambda: states(server)[("e", 1)][0] == "UNAVAILABLE", "its requests have ended")
        assert states(server)[("e", 1)][1].endswith("step 0 ('m'): the model is unloaded")
        assert infer(server, "e", rows).status == 404
        assert client.is_server_ready(), "what was unloaded on request is forgiven"
        client.load_model("m")
        assert outputs_of(infer(server, "e", rows))["one"][0] == 7
        client.load_model("both")
        client.unload_model("e")
        assert states(server)[("m", 1)][0] == "READY"
        client.load_model("e")
        # It was asked for by its own call meanwhile.
        client.unload_model("e", unload_dependents=True)
        assert states(server)[("m", 1)][0] == "READY"
        client.unload_model("m")
        client.load_model("e")
        client.unload_model("e", unload_dependents=True)
        wait_until(lambda: states(server)[("m", 1)] == ("UNAVAILABLE", "unloaded"), "nobody calls it")
        client.unload_model("both", unload_dependents=True)
        assert states(server)[("other", 1)][0] == "READY", "the start has asked for it"


def test_a_configuration_that_a_request_brings(tmp_path, start_server):
    repository = tmp_path / "repository"
    repository.mkdir()
    for name, number in [("m", 7), ("other", 8)]:
        LivingModel(repository, name).write(1, answering(number))
    write_ensemble(repository, "e", twice())
    rows = [tensor(np.zeros((1, 4)), "x")]
    server = start_server(EXPLICIT, repositories=(repository,))
    with triton.InferenceServerClient(server.url) as client:
        client.load_model("e")
        configuration = client.get_model_config("e")
        for each in configuration["ensemble_scheduling"]["step"]:
            each["model_name"] = "other"
        client.load_model("e", config=json.dumps(configuration))
        assert outputs_of(infer(server, "e", rows))["one"][0] == 8, "its models were loaded, too"
        client.load_model("e")
        assert outputs_of(infer(server, "e", rows))["one"][0] == 8, "nothing has changed"
        client.unload_model("e", unload_dependents=True)
        wait_until(lambda: states(server)[("other", 1)] == ("UNAVAILABLE", "unloaded"), "nobody calls it")
        client.load_model("e")
        assert outputs_of(infer(server, "e", rows))["one"][0] == 7


def test_a_load_says_which_model_is_missing(tmp_path, start_server):
    repository = tmp_path / "repository"
    repository.mkdir()
    write_ensemble(repository, "e", twice())
    server = start_server(EXPLICIT, repositories=(repository,))
    with triton.InferenceServerClient(server.url) as client:
        with pytest.raises(InferenceServerException, match="step 0 \\('m'\\): no repository has the model"):
            client.load_model("e")
        model = LivingModel(repository, "m")
        model.write(1, b"nothing")
        with pytest.raises(InferenceServerException, match="step 0 \\('m'\\): the model is not ready: version 1 is at"):
            client.load_model("e")
        model.write(1, answering(3))
        client.load_model("e")
        assert outputs_of(infer(server, "e", [tensor(np.zeros((1, 4)), "x")]))["one"][0] == 3
