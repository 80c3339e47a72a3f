"""The shipped configurations of nginx and haproxy in front of two Rowans: who is let through, and whom logs name."""

import http.client
import json
import re
import shutil
import socket
import ssl
import struct
import subprocess
import time

import httpx
import pytest
import tritonclient.grpc as triton
from certificates import Authority
from inference_client import call, infer
from living_models import ROWS, LivingModel, answering, wait_until
from server_process import ROOT, binary_path
from tritonclient.utils import InferenceServerException

EXPLICIT = "--model-control-mode=explicit"
LOAD = "/v2/repository/models/other/load"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """A proxy as its shipped configuration describes it, with the ports of this run."""

    def __init__(self, name, folder, servers, changes=(), pair=None):
        """`changes` are texts and what stands in their place; `pair` are files: a certificate, its key, and both."""
        self.http_port, self.grpc_port = free_port(), free_port()
        self.pair = pair
        one, two = servers
        secured = {} if pair is None else {
            # What the configurations' comments say about certificates.
            "listen 80;": f"listen 127.0.0.1:{self.http_port} ssl http2;\nssl_certificate {pair[0]};\n"
            f"ssl_certificate_key {pair[1]};",
            "listen 81 http2;": f"listen 127.0.0.1:{self.grpc_port} ssl http2;\nssl_certificate {pair[0]};\n"
            f"ssl_certificate_key {pair[1]};",
            "bind :80\n": f"bind 127.0.0.1:{self.http_port} ssl crt {pair[2]} alpn h2,http/1.1\n",
            "bind :81 proto h2\n": f"bind 127.0.0.1:{self.grpc_port} ssl crt {pair[2]} alpn h2\n",
        }
        ports = {
            "maxconn 20000": "maxconn 2000", "127.0.0.1:8000": one.url, "127.0.0.1:8010": two.url,
            "127.0.0.1:8001": one.grpc_url, "127.0.0.1:8011": two.grpc_url, "port 8000": f"port {one.http_port}",
            "port 8010": f"port {two.http_port}",
            "listen 80;": f"listen 127.0.0.1:{self.http_port};",
            "listen 81 http2;": f"listen 127.0.0.1:{self.grpc_port} http2;",
            "bind :80\n": f"bind 127.0.0.1:{self.http_port}\n",
            "bind :81 proto h2\n": f"bind 127.0.0.1:{self.grpc_port} proto h2\n",
        }
        shipped = ROOT / "deploy" / name / ("rowan.conf" if name == "nginx" else "haproxy.cfg")
        text = shipped.read_text()
        for old, new in [*changes, *secured.items(), *ports.items()]:
            text = text.replace(old, new)
        if name == "nginx":
            # What the distribution's nginx.conf has around conf.d.
            text = (
                f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\nevents {{}}\n"
                f"http {{\naccess_log off;\nclient_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\n"
                f"fastcgi_temp_path {folder}/f;\nuwsgi_temp_path {folder}/u;\nscgi_temp_path {folder}/s;\n{text}\n}}\n"
            )
            command = [shutil.which("nginx") or "/usr/sbin/nginx", "-g", "daemon off;", "-c"]
        else:
            command = [shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f"]
        (folder / name).write_text(text)
        self.process = subprocess.Popen(
            [*command, str(folder / name)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 15
        while not self.answers():
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < deadline, "the proxy lets nothing through"
            time.sleep(0.05)

    def answers(self):
        """Whether a request for readiness comes through."""
        path = "/v2/health/ready"
        try:
            if self.pair is None:
                return call(self, "GET", path, port=self.http_port).status == 200
            return httpx.get(f"https://localhost:{self.http_port}{path}", verify=False).status_code == 200
        except (OSError, httpx.TransportError):
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def until(condition):
    wait_until(condition, "what was asked for")


def rows():
    given = triton.InferInput("features", list(ROWS.shape), "FP32")
    given.set_data_from_numpy(ROWS)
    return [given]


def document():
    tensor = {"name": "features", "shape": list(ROWS.shape), "datatype": "FP32", "data": ROWS.flatten().tolist()}
    return {"inputs": [tensor]}


@pytest.fixture
def repository(tmp_path):
    path = tmp_path / "repository"
    path.mkdir()
    for name in ("living", "other"):
        LivingModel(path, name).write(1, answering(1))
    return path


@pytest.fixture(params=["nginx", "haproxy"])
def proxied(request, tmp_path, repository, start_server):
    options = (EXPLICIT, "--load-model=living", "--access-log", "--trusted-proxies=127.0.0.1")
    servers = [start_server(*options, repositories=(repository,)) for _ in range(2)]
    proxy = Proxy(request.param, tmp_path, servers)
    yield proxy, servers
    proxy.stop()


def test_inference_passes_and_both_servers_are_used(proxied):
    proxy, servers = proxied
    for _ in range(8):
        assert infer(proxy, "living", ROWS).status == 200
    for server in servers:
        until(lambda: "path=/v2/models/living/infer status=200" in server.log)


def test_calls_of_grpc_pass_and_those_that_change_the_server_do_not(proxied):
    proxy, _ = proxied
    with triton.InferenceServerClient(f"127.0.0.1:{proxy.grpc_port}") as client:
        for _ in range(4):
            assert client.infer("living", rows()).as_numpy("score")[0] == 1
        for change in (
            lambda: client.load_model("other"), lambda: client.update_log_settings({"log_info": False}),
            lambda: client.unregister_system_shared_memory(),
        ):
            with pytest.raises(InferenceServerException) as refusal:
                change()
            assert refusal.value.status() == "StatusCode.PERMISSION_DENIED"


@pytest.mark.parametrize(
    "path",
    [LOAD, "/v2/repository/models/living/unload", "/v2/repository/any/models/other/load", "/v2/logging",
     "/v2/trace/setting", "/v2/models/living/trace/setting", "/v2/systemsharedmemory/unregister",
     "/v2/systemsharedmemory/region/a/register", "/v2/cudasharedmemory/status", "/v2/models/living/feedback",
     "/v2/explanations/e1/feedback", "/v2/experiments/s/rollout", "/v2/knowledge", "/v2/knowledge/k1"],
)
def test_what_changes_the_server_is_blocked(proxied, path):
    proxy, servers = proxied
    assert call(proxy, "POST", path, "{}").status == 403
    # Written otherwise it is nothing that Rowan knows, if the proxy lets it through.
    for other in (path.replace("/v2/", "/v2//"), path.replace("/v2/", "/v2/./"), path.replace("log", "%6cog")):
        if other != path:
            assert call(proxy, "POST", other, "{}").status in (403, 404), other
    assert call(servers[0], "POST", "/v2/logging", "{}").status == 200, "a direct caller may"


@pytest.mark.parametrize(
    "path",
    # What a proxy makes of these is another resource, or none; Rowan gets them as they are.
    ["/v2/repository/a%2f..%2f../models/other/load", "/v2/repository/a%0ab/models/other/load", f"{LOAD}?a=b",
     "/v2/systemsharedmemory/region/..%2f..%2f..%2fx/register", "/v2/models/..%2fx/feedback",
     "/v2/experiments/..%2f..%2fs/rollout", "/v2/models/a%0ab/trace/setting"],
)
def test_the_block_cannot_be_written_around(proxied, path):
    proxy, _ = proxied
    answer = call(proxy, "POST", path, "{}")
    assert answer.status == 403 and not answer.body.startswith(b"{"), "the proxy refuses it, not Rowan"


@pytest.mark.parametrize("path", ["/v2/models/load", "/v2/models/living/ready?to=load", "/v2/repository/index?x=/load"])
def test_what_only_resembles_a_change_passes(proxied, path):
    proxy, _ = proxied
    method = "POST" if "index" in path else "GET"
    answer = call(proxy, method, path)
    assert answer.status in ((400, 404) if path.endswith("models/load") else (200,))


RULES = (
    ("if ($changes_rowan) { return 403; }", ""),
    ("http-request deny deny_status 403 if changes or writes knowledge", ""),
    ("http-request deny deny_status 403 if changes", ""),
)


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_a_proxy_on_this_machine_is_no_local_caller(start_server, repository, tmp_path, name):
    """Even where the shipped rules are not there, what the proxy adds gives it away; the token opens from anywhere."""
    token = {"Authorization": "Bearer 0123456789abcdef-token"}
    (tmp_path / "token").write_text("0123456789abcdef-token")
    for needed in ((), ("--admin-token-file", str(tmp_path / "token"))):
        options = (EXPLICIT, "--load-model=living", *needed)
        servers = [start_server(*options, repositories=(repository,)) for _ in range(2)]
        folder = tmp_path / f"proxy{len(needed)}"
        folder.mkdir()
        proxy = Proxy(name, folder, servers, RULES)
        try:
            for headers in ({}, {"Origin": "https://evil.example"}, {"Host": "localhost", "Origin": "null"}):
                for path in (LOAD, "/v2/logging"):
                    answer = call(proxy, "POST", path, "{}", headers)
                    assert answer.status == 403 and "error" in answer.json, "Rowan has refused it, not the proxy"
            with triton.InferenceServerClient(f"127.0.0.1:{proxy.grpc_port}") as client:
                with pytest.raises(InferenceServerException, match="this call") as refusal:
                    client.load_model("other")
                assert refusal.value.status() == "StatusCode.PERMISSION_DENIED"
                if needed:
                    client.load_model("other", headers={"authorization": token["Authorization"]})
            assert call(proxy, "POST", LOAD, headers=token).status == (200 if needed else 403)
        finally:
            proxy.stop()


def test_logs_name_the_client_behind_the_proxy(proxied):
    proxy, servers = proxied
    # What a client says of itself is behind what the proxy says, or taken out.
    for _ in range(4):
        assert infer(proxy, "living", ROWS, headers={"X-Forwarded-For": "192.0.2.66"}).status == 200
    until(lambda: any("path=/v2/models/living/infer" in server.log for server in servers))
    lines = [line for server in servers for line in server.log.splitlines() if "path=/v2/models/living/infer" in line]
    assert lines and all(re.search(r"client=(127\.0\.0\.1(:\d+)?|192\.0\.2\.66) ", line) for line in lines)


def test_a_server_that_ends_loses_no_request(proxied, repository):
    proxy, servers = proxied
    answers = []
    deadline = time.monotonic() + 4
    servers[0].process.terminate()
    while time.monotonic() < deadline:
        answers.append(infer(proxy, "living", ROWS).status)
    assert set(answers) == {200} and len(answers) > 20
    assert servers[0].wait() == 0


def test_a_server_that_dies_is_left_out(proxied):
    """Between two requests: nobody can mend one that has died within it."""
    proxy, servers = proxied
    for _ in range(8):
        assert infer(proxy, "living", ROWS).status == 200
    servers[0].kill()
    for _ in range(40):
        assert infer(proxy, "living", ROWS).status == 200
    with triton.InferenceServerClient(f"127.0.0.1:{proxy.grpc_port}") as client:
        for _ in range(20):
            assert client.infer("living", rows()).as_numpy("score")[0] == 1


def test_haproxy_asks_for_readiness(start_server, repository, tmp_path):
    """A server that still accepts and is not ready gets no requests."""
    options = ("--access-log", "--drain-delay-secs=8")
    servers = [start_server(*options, repositories=(repository,)) for _ in range(2)]
    proxy = Proxy("haproxy", tmp_path, servers)
    try:
        servers[0].process.terminate()
        until(lambda: servers[0].get_status("/v2/health/ready") == 503)
        # Two checks, a second apart, find that out.
        time.sleep(3)
        before = servers[0].log.count("path=/v2/models/living/infer")
        for _ in range(10):
            assert infer(proxy, "living", ROWS).status == 200
        assert servers[0].log.count("path=/v2/models/living/infer") == before
    finally:
        proxy.stop()


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_with_certificates_clients_speak_http2(start_server, repository, tmp_path, name):
    servers = [start_server("--trusted-proxies=127.0.0.1", repositories=(repository,)) for _ in range(2)]
    authority = Authority(tmp_path)
    pem, key = authority.sign("proxy")
    both = tmp_path / "both.pem"
    both.write_text(pem.read_text() + key.read_text())
    proxy = Proxy(name, tmp_path, servers, pair=(pem, key, both))
    try:
        trust = ssl.create_default_context(cafile=authority.pem)
        for http2, version in ((True, "HTTP/2"), (False, "HTTP/1.1")):
            with httpx.Client(http2=http2, verify=trust, base_url=f"https://localhost:{proxy.http_port}") as client:
                for _ in range(4):
                    answer = client.post("/v2/models/living/infer", json=document())
                    assert (answer.status_code, answer.http_version) == (200, version)
                assert client.post(LOAD).status_code == 403
        with triton.InferenceServerClient(
            f"localhost:{proxy.grpc_port}", ssl=True, root_certificates=str(authority.pem)
        ) as client:
            assert client.infer("living", rows()).as_numpy("score")[0] == 1
    finally:
        proxy.stop()


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_a_refusal_before_the_body_comes_through(start_server, repository, tmp_path, name):
    keys = tmp_path / "keys.json"
    made = subprocess.run(
        [binary_path(), "key", "add", "--api-keys-file", str(keys)], capture_output=True, text=True, check=True
    )
    servers = [start_server("--api-keys-file", str(keys), repositories=(repository,)) for _ in range(2)]
    proxy = Proxy(name, tmp_path, servers)
    body = tmp_path / "large.json"
    body.write_bytes(json.dumps(document()).encode() + b" " * (8 << 20))
    try:
        for field, status in (("x-a: b", "401"), (f"x-api-key: {made.stdout.strip()}", "200")):
            for _ in range(4):
                asked = subprocess.run(
                    ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", field, "--data-binary", f"@{body}",
                     f"http://127.0.0.1:{proxy.http_port}/v2/models/living/infer"],
                    capture_output=True, text=True, timeout=20,
                )
                assert asked.stdout == status
    finally:
        proxy.stop()


# PROXY headers

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def header(source, command=0x21):
    address, port = source
    return SIGNATURE + struct.pack(
        "!BBH4s4sHH", command, 0x11, 12, socket.inet_aton(address), socket.inet_aton("127.0.0.1"), port, 80
    )


def exchange(server, first, pieces=1):
    """Sends a header and a request, in one go or byte by byte, and returns the answer."""
    request = b"POST /v2/logging HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with socket.create_connection(("127.0.0.1", server.http_port), 10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = first + request
        for start in range(0, len(first), max(1, len(first) // pieces)) if pieces > 1 else ():
            client.sendall(data[start : start + max(1, len(first) // pieces)])
            time.sleep(0.002)
        client.sendall(data if pieces == 1 else request)
        answer = b""
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


def test_a_proxy_header_names_the_client_and_takes_its_rights(start_server, repository):
    server = start_server(
        EXPLICIT, "--load-model=living", "--access-log", "--trusted-proxies=127.0.0.2", "--proxy-protocol",
        repositories=(repository,),
    )
    assert exchange(server, b"").startswith(b"HTTP/1.1 200"), "who is not named needs no header"
    server = start_proxied(start_server, repository)
    for pieces in (1, 28):
        answer = exchange(server, header(("127.0.0.1", 999)), pieces)
        assert answer.startswith(b"HTTP/1.1 403"), "a header's word for loopback is no proof"
    until(lambda: server.log.count("client=127.0.0.1:999") >= 2)
    exchange(server, header(("203.0.113.9", 4711)))
    until(lambda: "client=203.0.113.9:4711" in server.log)
    assert exchange(server, header(("0.0.0.0", 0), command=0x20)).startswith(b"HTTP/1.1 403"), "the proxy's own"


def start_proxied(start_server, repository):
    """A server whose local callers all send headers: readiness is asked for with one, too."""
    return start_server(
        EXPLICIT, "--load-model=living", "--access-log", "--trusted-proxies=127.0.0.1", "--proxy-protocol",
        repositories=(repository,), greeting=header(("127.0.0.1", 1), command=0x20),
    )


def test_a_trusted_proxy_without_a_header_is_not_served(start_server, repository):
    server = start_proxied(start_server, repository)
    older = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"
    for first in (b"", older, SIGNATURE + b"\x31\x11\0\0", header(("1.2.3.4", 1))[:20]):
        started = time.monotonic()
        assert exchange(server, first) == b"" or first.startswith(SIGNATURE)
        assert time.monotonic() - started < 9
    until(lambda: "no PROXY header stands in front" in server.log)
    until(lambda: "let the proxy send version 2" in server.log)


def test_haproxy_says_in_a_header_whose_connection_it_is(start_server, repository, tmp_path):
    servers = [start_proxied(start_server, repository) for _ in range(2)]
    changes = [
        ("server one 127.0.0.1:8000", "server one 127.0.0.1:8000 send-proxy-v2 check-send-proxy"),
        ("server two 127.0.0.1:8010", "server two 127.0.0.1:8010 send-proxy-v2 check-send-proxy"),
    ]
    proxy = Proxy("haproxy", tmp_path, servers, changes)
    try:
        for _ in range(4):
            client = http.client.HTTPConnection("127.0.0.1", proxy.http_port, 10, source_address=("127.0.0.9", 0))
            client.request("GET", "/v2/models/living")
            assert client.getresponse().read()
            client.close()
        until(lambda: any("path=/v2/models/living status=200" in server.log for server in servers))
        lines = [line for server in servers for line in server.log.splitlines() if "path=/v2/models/living " in line]
        assert all("client=127.0.0.9" in line for line in lines), lines
    finally:
        proxy.stop()
