"""Documents go in, are found, survive a restart, and are changed by nobody who may not."""

import json
import subprocess
from urllib.parse import urlencode

import pytest
from inference_client import call
from living_models import wait_until
from server_process import ROOT, ServerProcess, binary_path
from trainers import SAMPLES

DISK = {
    "id": "disk",
    "title": "Disk full",
    "text": "# Disk full\n\n## Meaning\n\nNo space left on device.\n\n## Mitigation\n\nDelete old files.",
    "service": "cart",
    "time": "2026-01-02T03:04:05Z",
    "tags": ["disk"],
}
MEMORY = {"id": "memory", "title": "Memory leak", "text": "Memory grows until the process is killed."}
RECORD = '{"time":"2026-01-01T00:00:00Z","level":"error","msg":"write failed","error":"no space left on device"}'


@pytest.fixture
def server(tmp_path):
    process = start(tmp_path)
    yield process
    process.terminate()


def start(tmp_path, *options, starter="none"):
    """A server that keeps its state in a folder and has read it."""
    process = ServerProcess(
        [SAMPLES], "--data-directory", str(tmp_path / "state"), "--starter-knowledge", str(starter), *options
    )
    wait_until(lambda: knowledge(process)["loaded"], "everything is read")
    return process


def knowledge(server, query=""):
    answer = call(server, "GET", f"/v2/knowledge{query}")
    assert answer.status == 200, answer.body
    return answer.json


def put(server, documents, headers=None):
    body = documents if isinstance(documents, str) else json.dumps(documents)
    return call(server, "POST", "/v2/knowledge", body=body, headers=headers)


def search(server, **parameters):
    answer = call(server, "GET", "/v2/knowledge/search?" + urlencode(parameters, doseq=True))
    assert answer.status == 200, answer.body
    return answer.json


def rowan(*words):
    return subprocess.run([binary_path(), *words], capture_output=True, text=True, timeout=60)


def test_documents_are_taken_shown_found_and_removed(server):
    assert put(server, DISK).json == {"added": 1, "replaced": 0, "unchanged": 0, "ids": ["disk"]}
    assert put(server, [DISK, MEMORY]).json == {"added": 1, "replaced": 0, "unchanged": 1, "ids": ["disk", "memory"]}
    shown = call(server, "GET", "/v2/knowledge/disk").json
    assert shown == {**DISK, "time": 1767323045}
    page = knowledge(server)
    assert [document["id"] for document in page["documents"]] == ["disk", "memory"]
    assert (page["document_count"], page["chunk_count"]) == (2, 3)
    first = knowledge(server, "?limit=1")
    assert first["next"] == "disk"
    assert [document["id"] for document in knowledge(server, "?after=disk")["documents"]] == ["memory"]
    # A log record is looked up by its message.
    found = search(server, q=RECORD)
    assert found["message"] == "write failed: no space left on device"
    assert [document["id"] for document in found["documents"]] == ["disk"]
    assert found["documents"][0]["excerpt"] == "No space left on device."
    assert set(found["documents"][0]["why"]["terms"]) >= {"space", "left"}
    assert search(server, q="space", service="other")["documents"] == []
    removal = call(server, "DELETE", "/v2/knowledge/disk")
    assert (removal.status, removal.json) == (200, {"removed": "disk"})
    assert call(server, "DELETE", "/v2/knowledge/disk").status == 404
    assert call(server, "GET", "/v2/knowledge/disk").status == 404
    assert search(server, q=RECORD)["documents"] == []


def test_lines_are_taken_all_or_none(server):
    lines = {"Content-Type": "application/x-ndjson"}
    body = "\n".join(json.dumps({"id": f"n{number}", "text": f"Text {number}."}) for number in range(1200))
    assert put(server, body, lines).json["added"] == 1200
    broken = put(server, json.dumps({"id": "x", "text": "y"}) + '\n{"id": "z"}', lines)
    assert broken.status == 400
    assert broken.json["error"] == "line 2: a document has no text"
    assert call(server, "GET", "/v2/knowledge/x").status == 404
    assert knowledge(server)["document_count"] == 1200


@pytest.mark.parametrize(
    "path, words",
    [
        ("/v2/knowledge/search", "'q' is missing"),
        ("/v2/knowledge/search?q=a&limit=0", "'limit' is a number from 1 to 100"),
        ("/v2/knowledge/search?q=a&fusion=none", "'fusion' is relative_score or reciprocal_rank"),
        ("/v2/knowledge/search?q=a&color=red", "'color' is no parameter"),
        ("/v2/knowledge?limit=1001", "'limit' is a number from 1 to 1000"),
    ],
)
def test_what_is_asked_wrongly_is_named(server, path, words):
    answer = call(server, "GET", path)
    assert answer.status == 400
    assert words in answer.json["error"]


@pytest.mark.parametrize(
    "document, words",
    [
        ({"id": "a/b", "text": "x"}, "id has a character"),
        ({"id": "search", "text": "x"}, "is taken"),
        ({"id": "a", "text": " "}, "text is empty"),
        ({"id": "a", "text": "x", "colour": 1}, "'colour' is no field"),
    ],
)
def test_what_breaks_a_rule_is_named(server, document, words):
    answer = put(server, document)
    assert answer.status == 400
    assert words in answer.json["error"]


def test_only_who_may_changes_what_is_known_and_leaves_a_line(tmp_path):
    token = tmp_path / "token"
    token.write_text("a-token-of-sufficient-length-0123456789\n")
    server = start(tmp_path, "--admin-token-file", str(token))
    try:
        assert put(server, DISK).status == 403
        assert call(server, "DELETE", "/v2/knowledge/disk").status == 403
        assert call(server, "GET", "/v2/knowledge").status == 200
        assert put(server, DISK, {"Authorization": f"Bearer {token.read_text().strip()}"}).status == 200
        assert any("audit" in line and "knowledge" in line and "added=1" in line for line in server.lines)
        assert any("audit: a call was refused" in line and "knowledge" in line for line in server.lines)
        imported = rowan(
            "knowledge", "import", str(ROOT / "knowledge"), "--url", f"http://127.0.0.1:{server.http_port}",
            "--token-file", str(token),
        )
        assert imported.returncode == 0, imported.stderr
        assert "90 documents added" in imported.stdout
    finally:
        server.terminate()
    server = start(tmp_path)
    try:
        through_proxy = put(server, MEMORY, {"X-Forwarded-For": "10.0.0.1"})
        assert through_proxy.status == 403
    finally:
        server.terminate()


def test_what_was_acknowledged_survives_a_kill_and_what_was_removed_stays_removed(tmp_path):
    server = start(tmp_path)
    put(server, [DISK, MEMORY])
    call(server, "DELETE", "/v2/knowledge/memory")
    server.kill()
    server = start(tmp_path)
    try:
        assert [document["id"] for document in knowledge(server)["documents"]] == ["disk"]
        assert [document["id"] for document in search(server, q=RECORD)["documents"]] == ["disk"]
    finally:
        server.terminate()


def test_a_new_server_knows_the_starter_set_and_never_again(tmp_path):
    server = start(tmp_path, starter=ROOT / "knowledge")
    try:
        wait_until(lambda: knowledge(server)["document_count"] == 90, "the starter set")
        best = search(server, q="kernel: Out of memory: Killed process 2817 (postgres)")["documents"][0]
        assert best["id"] == "host-out-of-memory"
        assert call(server, "DELETE", "/v2/knowledge/host-out-of-memory").status == 200
    finally:
        server.terminate()
    server = start(tmp_path, starter=ROOT / "knowledge")
    try:
        assert knowledge(server)["document_count"] == 89
    finally:
        server.terminate()


def test_the_command_works_on_a_server_and_on_what_a_stopped_one_keeps(tmp_path):
    state = str(tmp_path / "state")
    first = rowan("knowledge", "import", str(ROOT / "knowledge"), "--data-directory", state, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == {"files": 90, "added": 90, "replaced": 0, "unchanged": 0}
    again = rowan("knowledge", "import", str(ROOT / "knowledge"), "--data-directory", state, "--json")
    assert json.loads(again.stdout)["unchanged"] == 90
    offline = rowan("knowledge", "search", RECORD, "--data-directory", state)
    assert "1. Disk full: no space left on device [disk-full]" in offline.stdout
    server = start(tmp_path)
    try:
        url = f"http://127.0.0.1:{server.http_port}"
        kept_out = rowan("knowledge", "search", RECORD, "--data-directory", state)
        assert kept_out.returncode == 1
        assert "in use by another process" in kept_out.stderr
        online = rowan("knowledge", "search", RECORD, "--url", url, "--limit", "3", "--json")
        assert json.loads(online.stdout)["documents"][0]["id"] == "disk-full"
        note = tmp_path / "note.md"
        note.write_text("# Cart note\n\nThe cart is special.")
        added = rowan("knowledge", "import", str(note), "--url", url, "--service", "cart")
        assert added.stdout == "1 files: 1 documents added, 0 replaced, 0 unchanged\n"
        assert call(server, "GET", "/v2/knowledge/note").json["service"] == "cart"
        unreadable = rowan("knowledge", "import", str(tmp_path / "none"), "--url", url)
        assert unreadable.returncode == 1
        assert "none" in unreadable.stderr
    finally:
        server.terminate()
