"""The load tests: what they judge by, on runs that are made up, and short runs of them on the real binary."""

import json
import shutil
import struct
import subprocess
import sys

import pytest
from server_process import ROOT, binary_path

sys.path.insert(0, str(ROOT / "loadtest"))
import checks  # noqa: E402
from chaos import exchange_of  # noqa: E402
from checks import Exchange, Outage  # noqa: E402
from peer_servers import flat_forest  # noqa: E402
from request_pool import variant_of  # noqa: E402

MEGABYTE = 1 << 20
KILL = Outage("rowan2", (100.0, 100.01), 102.0)


def samples(value, seconds=600):
    """A sample each second; `value` tells it by the second."""
    return [(1000.0 + second, value(second)) for second in range(seconds + 1)]


def resident(value, seconds=600):
    return checks.resident_is_flat("a server", samples(value, seconds), 1000.0).passed


def descriptors(value):
    return checks.descriptors_are_flat("a server", samples(value), 1000.0).passed


def test_memory_that_stays_or_swings_is_flat():
    assert resident(lambda second: 40 * MEGABYTE) is True
    assert resident(lambda second: (40 + second % 7) * MEGABYTE) is True
    assert resident(lambda second: (20 + min(second, 60)) * MEGABYTE) is True, "the first minute does not count"


def test_memory_that_grows_is_found():
    assert resident(lambda second: 40 * MEGABYTE + second * 16_384) is False, "16 KiB a second are 10 MB"
    assert resident(lambda second: (40 if second < 500 else 50) * MEGABYTE) is False
    assert resident(lambda second: 1000 * MEGABYTE + second * 200_000) is False, "in a large server, a twentieth"


def test_a_short_run_is_not_judged():
    assert resident(lambda second: second * MEGABYTE, seconds=100) is None
    assert checks.resident_is_flat("a server", [], 1000.0).passed is None


def test_descriptors_that_grow_are_found():
    assert descriptors(lambda second: 30 + second % 3) is True
    assert descriptors(lambda second: 30 + second // 60) is False


def test_a_failure_is_a_failure():
    assert checks.nothing_failed("requests", 10, {}).passed is True
    assert checks.nothing_failed("requests", 10, {"status 500": 1}).passed is False
    assert checks.nothing_failed("requests", 0, {}).passed is False, "what was not asked is not known to hold"


def test_a_wrong_answer_is_no_loss():
    assert checks.is_loss("status 0: connection closed.") and checks.is_loss("status 502: Bad Gateway")
    for wrong in ("margins differ from the trainer's", "unreadable answer: KeyError('outputs')", "status 500: no", ""):
        assert not checks.is_loss(wrong)


def exchange(began, ended, server="rowan2", failed=True):
    return Exchange(began, ended, server, failed)


def test_requests_in_flight_on_the_killed_server_may_be_lost():
    lost = [exchange(99.5, 100.005), exchange(100.0, 100.2), exchange(99.0, 105.0)]
    assert checks.losses_are_in_flight(lost, [KILL]).passed is True
    assert checks.losses_are_in_flight([exchange(50.0, 50.1, failed=False)], [KILL]).passed is True


@pytest.mark.parametrize(
    "lost",
    [exchange(99.0, 99.5), exchange(100.1, 100.2), exchange(99.9, 100.1, server="rowan1")],
    ids=["before", "behind", "elsewhere"],
)
def test_any_other_loss_is_found(lost):
    assert checks.losses_are_in_flight([exchange(100.0, 100.1), lost], [KILL]).passed is False
    assert checks.losses_are_in_flight([lost], []).passed is False


@pytest.mark.parametrize(
    "line, failed, retries",
    [
        ("ROWAN 29/Nov/2026:19:38:43.257 24 connect connect rowan3 200 -- 0", False, 0),
        ("ROWAN 29/Nov/2026:19:38:43.257 24 answer answer rowan3 200 -- +1", False, 1),
        ("ROWAN 29/Nov/2026:19:38:43.257 24 connect connect rowan3 502 SH 0", True, 0),
        ("ROWAN 29/Nov/2026:19:38:43.257 24 connect connect rowan3 -1 SD 0", True, 0),
        ("ROWAN 29/Nov/2026:19:38:43.257 24 connect connect <NOSRV> 503 SC 0", True, 0),
        ("ROWAN 29/Nov/2026:19:38:43.257 24 connect connect rowan3 400 -- 0", False, 0),
    ],
)
def test_lines_of_the_proxy(line, failed, retries):
    entrance, found = exchange_of(line)
    assert entrance == line.split()[3]
    assert (found.failed, found.retries, found.server) == (failed, retries, line.split()[5])
    assert found.ended - found.began == pytest.approx(0.024, abs=1e-4)


def test_other_lines_of_the_proxy():
    assert exchange_of("[WARNING]  (21867) : Server answer/rowan1 is UP") is None


def test_every_third_version_of_the_living_model_cannot_be_loaded():
    assert [variant_of(version) for version in range(1, 7)] == ["a", "b", None, "a", "b", None]


def test_the_forest_of_the_native_backend_is_as_deep_in_every_branch():
    tree = {
        "left_children": [1, -1, 3, -1, -1],
        "right_children": [2, -1, 4, -1, -1],
        "split_indices": [7, 0, 8, 0, 0],
        "split_conditions": [0.5, 1.0, 0.25, 2.0, 3.0],
        "default_left": [1, 0, 0, 0, 0],
    }
    learner = {"gradient_booster": {"model": {"trees": [tree]}}}
    learner["learner_model_param"] = {"base_score": "[5E-1]", "num_feature": "9"}
    found = struct.unpack("<iiif" + "HHf" * 3 + "4f", flat_forest({"learner": learner}))
    assert found == (1, 2, 9, 0.0, 7, 1, 0.5, 0, 1, 0.0, 8, 0, 0.25, 1.0, 1.0, 2.0, 3.0)


def run(profile, seconds, folder, *options):
    command = [ROOT / "loadtest/run", profile, "--seconds", seconds, "--binary", binary_path(), "--report", folder]
    command += ["--trainer-python", sys.executable, *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize(
    "profile, seconds, headings",
    [
        ("soak", 12, ["## Reloads", "newest version deleted", "refused: broken JSON", "living, 1,000 rows, json"]),
        ("chaos", 12, ["## What every kill −9 cost", "with retries until an answer begins nothing is lost"]),
    ],
)
def test_a_short_run(profile, seconds, headings, tmp_path):
    result = run(profile, seconds, tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    report = (tmp_path / "report.md").read_text()
    assert "**Every check passed.**" in report
    for heading in headings:
        assert heading in report, heading
    page = (tmp_path / "report.html").read_text()
    assert page.count("<svg") == 6 and "://" not in page.replace("http://www.w3.org/2000/svg", "").replace(
        "http://127.0.0.1", ""
    ), "the page stands alone"


def demonstrate(folder, *options):
    command = [sys.executable, ROOT / "loadtest/demonstration", "--users", 2_000, "--hold-seconds", 1]
    command += ["--binary", binary_path(), "--report", folder, *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=180)


def test_the_demonstration_shows_what_it_should(tmp_path):
    """2,000 users: splits, a shadow, two rollouts, drift and labels, with HTTP, tritonclient's HTTP and gRPC."""
    result = demonstrate(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and result.stdout.count("as it must: ") == 19
    for text in ["from XGBoost to CatBoost, 0 back", "rolled_back: at 30 %: anomaly rate", "by tritonclient, gRPC"]:
        assert text in result.stdout, result.stdout
    assert (tmp_path / "demonstration.svg").read_text().count("<g id=\"axes_") >= 5
    head = (tmp_path / "demonstration.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", head[16:]) == (1210, 1320)


def test_a_run_that_is_not_answered_rightly_fails(tmp_path):
    """The server of this run evaluates another model than the one whose answers are expected."""
    result = run("load", 3, tmp_path, "--model-repository", wrong_repository(tmp_path))
    assert result.returncode == 1, result.stdout + result.stderr
    assert "margins differ from the trainer's" in result.stdout
    assert "**A check failed.**" in (tmp_path / "report.md").read_text()


def wrong_repository(folder):
    """The sample models, one of them with another base score."""
    repository = folder / "repository"
    shutil.copytree(ROOT / "model_repository", repository)
    path = repository / "xgboost_anomaly/1/model.json"
    model = json.loads(path.read_text())
    model["learner"]["learner_model_param"]["base_score"] = "[0.25]"
    path.write_text(json.dumps(model))
    return repository
