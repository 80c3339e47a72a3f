import pytest
from server_process import ServerProcess
from trainers import BROKEN_REPOSITORY, REPOSITORY, SAMPLES


@pytest.fixture(scope="session")
def server():
    """One server on the sample models and on the models of the tests."""
    process = ServerProcess([SAMPLES, REPOSITORY])
    yield process
    code = process.terminate()
    assert code == 0, process.log


@pytest.fixture
def start_server():
    """Starts servers of a test's own; those still running at its end are killed."""
    started = []

    def start(*options, repositories=(SAMPLES,), greeting=b""):
        started.append(ServerProcess(repositories, *options, greeting=greeting))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture(scope="session")
def broken_server():
    """A server whose repository holds models that must not load."""
    process = ServerProcess([BROKEN_REPOSITORY], "--exit-on-error=false", "--strict-readiness=false")
    yield process
    process.terminate()
