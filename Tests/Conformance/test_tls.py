"""TLS as clients of the field meet it: Python's ssl, openssl s_client, curl."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import grpc
import pytest
from certificates import Authority
from server_process import ServerProcess, binary_path
from trainers import SAMPLES
from tritonclient.grpc import service_pb2, service_pb2_grpc

INFER = "/v2/models/xgboost_anomaly/infer"
BODY = json.dumps(
    {"inputs": [{"name": "features", "shape": [1, 37], "datatype": "FP32", "data": [0.5] * 37}]}
).encode()
HANDSHAKES = 10_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def pair(authority):
    return authority.sign("server")


def options_of(pair):
    return ["--tls-certificate", pair[0], "--tls-key", pair[1]]


def context(authority, **settings):
    made = ssl.create_default_context(cafile=str(authority.pem))
    for name, value in settings.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def start_tls(authority):
    started = []

    def start(*options, client=None):
        tls = client or context(authority)
        started.append(ServerProcess([SAMPLES], *map(str, options), tls=tls))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture(scope="module")
def secure(authority, pair):
    server = ServerProcess([SAMPLES], *map(str, options_of(pair)), tls=context(authority))
    yield server
    assert server.terminate() == 0, server.log


def connect(port, tls, host="localhost"):
    return tls.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10), server_hostname=host)


def infer(port, tls, count=1, host="localhost"):
    connection = http.client.HTTPSConnection(host, port, timeout=10, context=tls)
    for _ in range(count):
        connection.request("POST", INFER, BODY)
        answer = connection.getresponse()
        assert answer.status == 200 and b"outputs" in answer.read()
    connection.close()


def s_client(port, *options, text="Q\n"):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *map(str, options)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=20)
    return done.stdout + done.stderr


# What is agreed on


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_inference_over_both_versions(secure, authority, version):
    tls = context(authority, minimum_version=version, maximum_version=version)
    infer(secure.http_port, tls, count=5)
    with connect(secure.http_port, tls) as client:
        assert client.version() == version.name.replace("_", ".")


def test_answers_equal_those_in_the_clear(secure, authority, start_server):
    plain = start_server()

    def answer(connection):
        connection.request("POST", INFER, BODY)
        # Each server has identities of its own for explanations.
        content = re.sub(rb'"parameters":{"rowan_explanation_ids":"[0-9a-f-]+"},', b"", connection.getresponse().read())
        assert b'"outputs"' in content
        return content

    clear = answer(http.client.HTTPConnection("127.0.0.1", plain.http_port))
    sealed = answer(http.client.HTTPSConnection("localhost", secure.http_port, context=context(authority)))
    assert clear == sealed


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_refused(secure, version):
    text = s_client(secure.http_port, version, "-cipher", "ALL:@SECLEVEL=0")
    assert "no peer certificate available" in text and "alert protocol version" in text


@pytest.mark.parametrize("cipher", ["AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "NULL", "aNULL"])
def test_ciphers_without_forward_secrecy_or_authentication_are_refused(secure, cipher):
    text = s_client(secure.http_port, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
    assert "handshake failure" in text


def test_alpn(secure, authority):
    tls = context(authority)
    tls.set_alpn_protocols(["http/1.1"])
    with connect(secure.http_port, tls) as client:
        assert client.selected_alpn_protocol() == "http/1.1"
    tls.set_alpn_protocols(["spdy/1"])
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        connect(secure.http_port, tls)


def test_curl(secure, authority):
    command = ["curl", "-sS", "--cacert", authority.pem, f"https://localhost:{secure.http_port}/v2/health/ready", "-v"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and '"ready":true' in done.stdout
    assert "TLSv1.3" in done.stderr


def test_renegotiation_is_refused_and_leaves_the_connection(secure):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{secure.http_port}", "-tls1_2", "-legacy_renegotiation"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        process.stdin.write(b"R\n")
        process.stdin.flush()
        output = process.communicate(timeout=20)[0].decode()
    assert "no renegotiation" in output


def test_early_data_is_not_offered(secure):
    assert "Max Early Data: 0" in s_client(secure.http_port, "-tls1_3", "-ign_eof", text="GET / HTTP/1.0\n\n")


# Whom each side trusts


def test_a_client_refuses_a_wrong_host_and_an_unknown_authority(secure, authority):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        connect(secure.http_port, context(authority), "elsewhere.example")
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer|self.signed"):
        connect(secure.http_port, ssl.create_default_context())
    command = ["curl", "-sS", "--cacert", authority.pem, "--connect-to", f"::localhost:{secure.http_port}"]
    done = subprocess.run(
        [*command, "https://elsewhere.example/v2/health/live"], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 60


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_clients_must_show_a_certificate(start_tls, authority, pair, tmp_path, version):
    good = authority.sign("client", "scraper", "DNS:scraper", usage="clientAuth")
    stale = authority.sign("client-expired", "scraper", "DNS:scraper", days=-1, usage="clientAuth")
    stranger = Authority(tmp_path, "other authority").sign("stranger", "scraper", "DNS:scraper", usage="clientAuth")
    tls = context(authority, minimum_version=version, maximum_version=version)
    known = context(authority, minimum_version=version, maximum_version=version)
    known.load_cert_chain(*good)
    server = start_tls(*options_of(pair), "--tls-client-ca", authority.pem, "--access-log", client=known)
    infer(server.http_port, known)
    wait_for(lambda: any("client_subject" in line and "CN=scraper,O=Test" in line for line in server.lines))
    for shown in (None, stale, stranger):
        other = context(authority, minimum_version=version, maximum_version=version)
        if shown:
            other.load_cert_chain(*shown)
        # With TLS 1.3 a client knows only from the first answer.
        with pytest.raises((ssl.SSLError, OSError)):
            infer(server.http_port, other)
    infer(server.http_port, known)
    with pytest.raises((ssl.SSLError, OSError)):
        infer(server.http_port, tls)
    metrics = scrape(server, known)
    assert metrics['rowan_tls_handshake_failures_total{reason="certificate"}'] >= 4
    assert sum("TLS handshake failed" in line for line in server.lines) >= 4


def test_the_certificate_follows_the_name(start_tls, authority, pair):
    other = authority.sign("other", "other.example", "DNS:other.example,DNS:*.wild.example")
    server = start_tls(*options_of(pair), *options_of(other))
    for host, expected in [
        ("localhost", "localhost"), ("other.example", "other.example"), ("a.wild.example", "other.example")
    ]:  # fmt: skip
        with connect(server.http_port, context(authority), host) as client:
            assert dict(field[0] for field in client.getpeercert()["subject"])["commonName"] == expected
    with connect(server.http_port, context(authority, check_hostname=False), "unknown.example") as client:
        assert dict(field[0] for field in client.getpeercert()["subject"])["commonName"] == "localhost"


def test_an_ocsp_response_is_stapled(start_tls, authority, pair):
    response = authority.staple(pair[0], authority.folder / "server.ocsp")
    server = start_tls(*options_of(pair), "--tls-ocsp-response", response)
    text = s_client(server.http_port, "-status", "-CAfile", authority.pem)
    assert "OCSP Response Status: successful" in text and "Cert Status: good" in text


def test_tickets_shorten_handshakes(secure, authority):
    before = scrape(secure, context(authority))
    tls = context(authority)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1_2, version
        with connect(secure.http_port, tls) as first:
            # Tickets come behind the handshake and are read with the first answer.
            first.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            first.recv(4_096)
            assert not first.session_reused
            session = first.session
        again = socket.create_connection(("127.0.0.1", secure.http_port), timeout=10)
        with tls.wrap_socket(again, server_hostname="localhost", session=session) as second:
            assert second.session_reused
    after = scrape(secure, context(authority))
    for version in ("1.2", "1.3"):
        name = f'rowan_tls_handshakes_total{{version="{version}",resumed="1"}}'
        assert after[name] - before[name] >= 1


# Ports and options


def scrape(server, tls):
    connection = http.client.HTTPSConnection("localhost", server.metrics_port, timeout=10, context=tls)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200
    lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    connection.close()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def wait_for(is_so, seconds=20):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_port_may_stay_in_the_clear_or_have_its_own(start_tls, authority, pair):
    own = authority.sign("metrics", "metrics.localhost")
    server = start_tls(*options_of(pair), "--metrics-tls-certificate", own[0], "--metrics-tls-key", own[1])
    with connect(server.metrics_port, context(authority)) as client:
        assert dict(field[0] for field in client.getpeercert()["subject"])["commonName"] == "metrics.localhost"
    ends = scrape(server, context(authority))
    for port in ("http", "metrics"):
        assert ends[f'rowan_tls_certificate_not_after_seconds{{port="{port}",name="localhost"}}'] > time.time()
    clear = start_tls(*options_of(pair), "--metrics-tls=false")
    connection = http.client.HTTPConnection("127.0.0.1", clear.metrics_port, timeout=10)
    connection.request("GET", "/metrics")
    assert connection.getresponse().status == 200


def grpc_channel(server, authority, client=None):
    key, chain = (client[1].read_bytes(), client[0].read_bytes()) if client else (None, None)
    credentials = grpc.ssl_channel_credentials(authority.pem.read_bytes(), key, chain)
    # A pool of its own: channels of one address share a connection otherwise.
    return grpc.secure_channel(server.grpc_url, credentials, [("grpc.use_local_subchannel_pool", 1)])


def is_live(channel):
    request = service_pb2.ServerLiveRequest()
    return service_pb2_grpc.GRPCInferenceServiceStub(channel).ServerLive(request, timeout=10).live


def is_live_in_the_clear(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/v2/health/live")
    assert connection.getresponse().read()
    return connection


def test_grpc_over_tls_beside_http_in_the_clear_on_every_loop(authority, pair):
    """Connections move between loops; each is served as the port does that it came in at."""
    options = ["--grpc-use-ssl", "--grpc-server-cert", pair[0], "--grpc-server-key", pair[1], "--threads", "2"]
    server = ServerProcess([SAMPLES], *map(str, options))
    channels, connections = [], []
    for _ in range(40):
        channels.append(grpc_channel(server, authority))
        assert is_live(channels[-1])
        connections.append(is_live_in_the_clear(server.http_port))
    for channel, connection in zip(channels, connections):
        assert is_live(channel)
        channel.close()
        connection.close()
    with pytest.raises(grpc.RpcError), grpc.insecure_channel(server.grpc_url) as clear:
        is_live(clear)
    assert server.terminate() == 0, server.log


def test_grpc_clients_must_show_a_certificate_and_the_servers_is_replaced(authority, tmp_path):
    live = tmp_path / "live.pem", tmp_path / "live.key"
    for target, source in zip(live, authority.sign("first", "first")):
        replace(target, source)
    options = ["--grpc-use-ssl-mutual", "--grpc-server-cert", live[0], "--grpc-server-key", live[1]]
    server = ServerProcess([SAMPLES], *map(str, options), "--grpc-root-cert", str(authority.pem))
    client = authority.sign("caller", "caller", usage="clientAuth")
    with grpc_channel(server, authority, client) as channel:
        assert is_live(channel)
        with pytest.raises(grpc.RpcError), grpc_channel(server, authority) as stranger:
            is_live(stranger)
        for target, source in zip(live, authority.sign("second", "second")):
            replace(target, source)
        tls = context(authority)
        tls.load_cert_chain(*map(str, client))
        wait_for(lambda: served_name(int(server.grpc_url.split(":")[1]), tls) == "second")
        assert is_live(channel)
    with grpc_channel(server, authority, client) as channel:
        assert is_live(channel)
    assert server.terminate() == 0, server.log


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda a, p: ["--tls-certificate", p[0]], "--tls-key"),
        (lambda a, p: ["--http-tls"], "--http-tls needs a certificate"),
        (lambda a, p: ["--tls-certificate", a.folder / "none.pem", "--tls-key", p[1]], "No such file"),
        (lambda a, p: ["--tls-certificate", p[1], "--tls-key", p[1]], "no certificate in PEM form"),
        (lambda a, p: ["--tls-certificate", p[0], "--tls-key", p[0]], "no private key in PEM form"),
        (lambda a, p: ["--tls-certificate", p[0], "--tls-key", a.sign("alien")[1]], "does not belong"),
        (lambda a, p: options_of(a.sign("stale", days=-1)), "the certificate has expired"),
        (lambda a, p: [*options_of(p), "--tls-client-ca", p[1]], "--tls-client-ca"),
        (lambda a, p: [*options_of(p), "--tls-ocsp-response", p[0]], "no OCSP response"),
        (lambda a, p: ["--tls-certificate", "/dev/null", "--tls-key", p[1]], "not a regular file"),
    ],
)
def test_what_cannot_be_used_ends_the_start_with_file_and_rule(authority, pair, change, expected):
    options = list(map(str, change(authority, pair)))
    command = [binary_path(), "serve", "--model-repository", SAMPLES, "--http-port", "0", "--metrics-port", "-1"]
    done = subprocess.run([*map(str, command), *options], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and expected in done.stderr, done.stderr


def test_a_server_without_certificates_opens_no_openssl(start_server):
    server = start_server()
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "libssl" not in maps and "libcrypto" not in maps


# Clients that are slow, broken, or in the clear


def test_clients_that_are_no_clients_harm_nobody(secure, authority):
    with socket.create_connection(("127.0.0.1", secure.http_port), timeout=10) as clear:
        clear.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not clear.recv(4_096).startswith(b"HTTP")
    greeting = b"\x16\x03\x01\xff\xff" + b"\x01" * 100
    for junk in (greeting, os.urandom(1_000), b"\x80" * 500, b"\x15\x03\x03\x00\x02\x02\x28"):
        with socket.create_connection(("127.0.0.1", secure.http_port), timeout=10) as client:
            client.sendall(junk)
            client.settimeout(0.2)
            try:
                client.recv(4_096)
            except OSError:
                pass
    infer(secure.http_port, context(authority))


def test_a_request_that_is_cut_off_without_a_word_is_not_answered_as_whole(secure, authority):
    client = connect(secure.http_port, context(authority))
    client.sendall(b"POST " + INFER.encode() + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{")
    raw = socket.socket(fileno=client.detach())
    raw.shutdown(socket.SHUT_WR)
    raw.settimeout(10)
    try:
        assert b"200 OK" not in raw.recv(65_536)
    except ConnectionResetError:
        pass
    raw.close()


def test_a_clean_half_close_is_answered(secure, authority):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context(authority).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", secure.http_port), timeout=10) as raw:

        def settle(call):
            while True:
                try:
                    result = call()
                    raw.sendall(outgoing.read())
                    return result
                except ssl.SSLWantReadError:
                    raw.sendall(outgoing.read())
                    incoming.write(raw.recv(65_536))

        settle(session.do_handshake)
        session.write(b"GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            session.unwrap()
        except ssl.SSLWantReadError:
            pass
        raw.sendall(outgoing.read())
        received = b""
        while piece := raw.recv(65_536):
            received += piece
        incoming.write(received)
        assert session.read(65_536).startswith(b"HTTP/1.1 200 OK")


def test_slow_handshakes_cost_little_and_end(start_tls, authority, pair):
    server = start_tls(*options_of(pair))
    infer(server.http_port, context(authority))
    before = resident(server)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context(authority).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        session.do_handshake()
    greeting = outgoing.read()
    clients = [socket.create_connection(("127.0.0.1", server.http_port), timeout=30) for _ in range(500)]
    for client in clients:
        client.sendall(greeting)
    wait_for(lambda: scrape(server, context(authority))["rowan_connections"] >= 500)
    for client in clients:
        assert client.recv(64)
    each = (resident(server) - before) / len(clients)
    print(f"{each / 1024:.1f} KiB of resident memory for a handshake that waits")
    assert each < 64 << 10
    infer(server.http_port, context(authority))
    # Ten seconds after their first byte they are gone.
    begin = time.monotonic()
    clients[0].settimeout(15)
    while clients[0].recv(65_536):
        pass
    assert time.monotonic() - begin < 14
    for client in clients:
        client.close()


def resident(server):
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) << 10
    raise AssertionError("no VmRSS")


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def test_ten_thousand_handshakes_leave_nothing_behind(start_tls, authority, pair):
    server = start_tls(*options_of(pair))
    tls = context(authority)

    def handshakes(count, port=server.http_port):
        for index in range(count):
            client = connect(port, tls)
            # Every third asks something, every third goes without a word.
            if index % 3 == 0:
                client.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert client.recv(4_096)
            if index % 3 == 1:
                client.close()
            else:
                socket.socket(fileno=client.detach()).close()

    handshakes(500)
    wait_for(lambda: scrape(server, tls)["rowan_connections"] == 0)
    memory, count = resident(server), descriptors(server)
    handshakes(HANDSHAKES)
    wait_for(lambda: scrape(server, tls)["rowan_connections"] == 0)
    grown = resident(server) - memory
    print(f"resident memory grew by {grown / 1024:.0f} KiB over {HANDSHAKES} handshakes")
    assert grown < 4 << 20
    # The server opens a file now and then, to read what it tells of itself.
    wait_for(lambda: descriptors(server) <= count)


# Replaced certificates


def replace(path, source):
    """Moves a copy into the place of a file, as careful tools do."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(source.read_bytes())
    fresh.rename(path)


def served_name(port, tls):
    with connect(port, tls) as client:
        return dict(field[0] for field in client.getpeercert()["subject"])["commonName"]


@pytest.mark.parametrize("way", ["change", "signal"])
def test_certificates_are_replaced_under_load(start_tls, authority, tmp_path, way):
    live = tmp_path / "live.pem", tmp_path / "live.key"
    first, second = authority.sign("first", "first"), authority.sign("second", "second")
    for target, source in zip(live, first):
        replace(target, source)
    server = start_tls(*options_of(live))
    tls = context(authority)
    over = threading.Event()
    faults, counts = [], []

    def load(keeps):
        count = 0
        try:
            connection = http.client.HTTPSConnection("localhost", server.http_port, timeout=10, context=tls)
            while not over.is_set():
                connection.request("POST", INFER, BODY)
                assert connection.getresponse().read()
                count += 1
                if not keeps:
                    connection.close()
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)
        counts.append(count)

    threads = [threading.Thread(target=load, args=(index % 2 == 0,)) for index in range(4)]
    for thread in threads:
        thread.start()
    kept = connect(server.http_port, tls)
    for target, source in zip(live, second):
        replace(target, source)
    if way == "signal":
        server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: served_name(server.http_port, tls) == "second")
    # A pair that does not match, one that is over and one that is damaged are refused; the good one stays.
    over_pair = authority.sign("over", "over", days=-1)
    for source, reason in [
        (first[0], "does not belong"), (over_pair[0], "does not belong"), (first[1], "no certificate"),
    ]:  # fmt: skip
        replace(live[0], source)
        if way == "signal":
            server.process.send_signal(signal.SIGHUP)
        seen = len(server.lines)
        wait_for(lambda: any("not reloaded" in line and reason in line for line in server.lines[seen - 1 :]))
        assert served_name(server.http_port, tls) == "second"
    for target, source in zip(live, over_pair):
        replace(target, source)
    if way == "signal":
        server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: any("not reloaded" in line and "has expired" in line for line in server.lines))
    assert served_name(server.http_port, tls) == "second"
    for target, source in zip(live, first):
        replace(target, source)
    if way == "signal":
        server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: served_name(server.http_port, tls) == "first")
    kept.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert kept.recv(4_096).startswith(b"HTTP/1.1 200 OK")
    over.set()
    for thread in threads:
        thread.join()
    assert not faults and all(count > 0 for count in counts)
    reloads = scrape(server, tls)
    assert reloads['rowan_tls_reloads_total{result="success"}'] >= 2
    assert reloads['rowan_tls_reloads_total{result="failure"}'] >= 4


def test_an_end_under_load_loses_nothing(start_tls, authority, pair):
    server = start_tls(*options_of(pair))
    tls = context(authority)
    faults = []

    def load():
        connection = http.client.HTTPSConnection("localhost", server.http_port, timeout=10, context=tls)
        while True:
            try:
                connection.request("POST", INFER, BODY)
            except OSError:
                return
            try:
                answer = connection.getresponse()
                assert answer.status == 200 and answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError):
                # It was closed before the request could be read.
                return
            except Exception as fault:  # noqa: BLE001
                faults.append(fault)
                return

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    waiting = socket.create_connection(("127.0.0.1", server.http_port), timeout=10)
    time.sleep(0.5)
    begin = time.monotonic()
    assert server.terminate() == 0, server.log
    assert time.monotonic() - begin < 5
    waiting.close()
    for thread in threads:
        thread.join()
    assert not faults


def test_rowan_top_reads_a_server_over_tls(start_tls, pair, authority):
    server = start_tls(*options_of(pair))
    words = [f"https://localhost:{server.http_port}", "--metrics-url", f"https://localhost:{server.metrics_port}"]
    command = [binary_path(), "top", *words, "--once", "--json", "--interval", "0.1"]
    trusting = subprocess.run([*command, "--ca-file", authority.pem], capture_output=True, text=True, timeout=60)
    assert trusting.returncode == 0, trusting.stderr
    assert json.loads(trusting.stdout)["server"]["ready"] is True
    wary = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert wary.returncode == 1 and "no secure connection: " in wary.stderr


def test_a_new_key_of_a_split_is_for_tls_only(secure, authority):
    connection = http.client.HTTPSConnection("localhost", secure.http_port, context=context(authority))
    connection.request("POST", "/v2/models/anomaly/infer", BODY)
    response = connection.getresponse()
    assert response.status == 200, response.read()
    assert "Secure" in response.headers["Set-Cookie"].split("; ")
