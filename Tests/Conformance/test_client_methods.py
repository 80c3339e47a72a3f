"""Every public method of tritonclient's HTTP clients works, or is refused with this server's own sentence.

The methods are found by introspection: one that a later version adds fails here until somebody says what is expected.
"""

import asyncio
import inspect

import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from inference_client import call
from trainers import rows_for, trainer
from tritonclient.utils import InferenceServerException

MODEL = "xgboost_anomaly"
ROWS = rows_for(MODEL, 4, seed=301)
DISABLED = "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable."
NO_CONTROL = "explicit model load / unload is not allowed if polling is enabled"


def inputs():
    given = triton.InferInput("features", list(ROWS.shape), "FP32")
    given.set_data_from_numpy(ROWS)
    return [given]


def is_margin(result):
    return np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(ROWS))


# By method: its arguments, and a check of what it returns.
WORKING = {
    "is_server_live": [((), bool)],
    "is_server_ready": [((), bool)],
    "is_model_ready": [((MODEL,), bool), ((MODEL, "1"), bool), (("nobody",), lambda ready: not ready)],
    "get_server_metadata": [((), lambda found: found["name"] == "rowan")],
    "get_model_metadata": [((MODEL,), lambda found: found["versions"] == ["1"])],
    "get_model_config": [((MODEL, "1"), lambda found: found["name"] == MODEL)],
    "get_model_repository_index": [((), lambda found: MODEL in {entry["name"] for entry in found})],
    "get_system_shared_memory_status": [((), lambda found: found == [])],
    "get_cuda_shared_memory_status": [((), lambda found: found == [])],
    "get_inference_statistics": [((MODEL,), lambda found: found["model_stats"][0]["name"] == MODEL)],
    "get_trace_settings": [((), lambda found: found["trace_level"] == ["OFF"])],
    "update_trace_settings": [((None, {}), lambda found: found["trace_level"] == ["OFF"])],
    "get_log_settings": [((), lambda found: found["log_info"] is True)],
    "update_log_settings": [(({"log_verbose_level": 0},), lambda found: found["log_verbose_level"] == 0)],
    "infer": [((MODEL, inputs()), is_margin)],
}

# By method: its arguments, the status, and the sentence.
REFUSED = {
    "load_model": ((MODEL,), "503", NO_CONTROL),
    "unload_model": ((MODEL,), "503", NO_CONTROL),
    "register_system_shared_memory": (("r", "key", 64), "501", DISABLED),
    "unregister_system_shared_memory": ((), "501", DISABLED),
    "register_cuda_shared_memory": (("r", b"AAAA", 0, 64), "501", DISABLED),
    "unregister_cuda_shared_memory": ((), "501", DISABLED),
}

# What needs no server or no arguments, or has tests of its own in test_tritonclient.py.
ELSEWHERE = {"close", "async_infer", "generate_request_body", "parse_response_body"}


@pytest.mark.parametrize("client", [triton.InferenceServerClient, triton_aio.InferenceServerClient])
def test_every_method_is_known(client):
    # The asyncio client hands on what is bound to it by its base class, too.
    methods = {name for name, member in inspect.getmembers(client, callable) if not name.startswith("_")}
    methods -= {"register_plugin", "unregister_plugin", "plugin"}
    assert methods <= {*WORKING, *REFUSED, *ELSEWHERE}
    assert {*WORKING, *REFUSED} <= methods


@pytest.mark.parametrize("name", WORKING)
def test_a_method_works(server, name):
    with triton.InferenceServerClient(server.url) as client:
        for arguments, check in WORKING[name]:
            assert check(getattr(client, name)(*arguments))


@pytest.mark.parametrize("name", REFUSED)
def test_a_method_is_refused_with_a_sentence(server, name):
    arguments, status, sentence = REFUSED[name]
    with triton.InferenceServerClient(server.url) as client, pytest.raises(InferenceServerException) as raised:
        getattr(client, name)(*arguments)
    assert (raised.value.status(), raised.value.message()) == (status, sentence)


def test_the_asyncio_client_is_told_the_same(server):
    async def session():
        async with triton_aio.InferenceServerClient(server.url) as client:
            for name, calls in WORKING.items():
                for arguments, check in calls:
                    assert check(await getattr(client, name)(*arguments)), name
            for name, (arguments, status, sentence) in REFUSED.items():
                with pytest.raises(InferenceServerException) as raised:
                    await getattr(client, name)(*arguments)
                assert raised.value.message() == sentence, name

    asyncio.run(session())


def test_sequences_have_no_effect_on_models_without_state(server):
    """As in Triton: only a model with sequence_batching looks at them, and no forest has that."""
    with triton.InferenceServerClient(server.url) as client:
        for sequence in (7, "a sequence"):
            result = client.infer(MODEL, inputs(), sequence_id=sequence, sequence_start=True, sequence_end=True)
            assert is_margin(result)


@pytest.mark.parametrize("verb", ["generate", "generate_stream"])
def test_text_is_not_generated(server, verb):
    for path in (f"/v2/models/{MODEL}/{verb}", f"/v2/models/{MODEL}/versions/1/{verb}"):
        answer = call(server, "POST", path, '{"text_input": "a"}')
        assert answer.status == 501
        assert answer.error == f"model '{MODEL}' is a tree ensemble and generates no text: use infer"
        assert call(server, "GET", path).status == 405
    answer = call(server, "POST", f"/v2/models/nobody/{verb}", "{}")
    assert answer.status == 404 and answer.error.startswith("Request for unknown model")
