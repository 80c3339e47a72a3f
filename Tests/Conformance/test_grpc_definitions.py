"""The definitions of gRPC: the server's descriptors are what its .proto files make, and say what the clients' say."""

import re
import subprocess
import sys

import grpc_health.v1.health_pb2 as health
import grpc_reflection.v1alpha.reflection_pb2 as reflection
import pytest
from google.protobuf import descriptor_pb2
from server_process import ROOT
from tritonclient.grpc import model_config_pb2, service_pb2

FIXTURES = ROOT / "Tests/OpenInferenceProtocolTests/Fixtures"


def test_the_descriptors_are_made_from_the_definitions():
    script = FIXTURES / "make_descriptors.py"
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def own_files():
    sys.path.insert(0, str(FIXTURES))
    try:
        import make_descriptors
    finally:
        sys.path.remove(str(FIXTURES))
    return make_descriptors.descriptors()


def as_proto(descriptor):
    proto = descriptor_pb2.FileDescriptorProto()
    descriptor.CopyToProto(proto)
    return proto


def facts(file, package=None):
    """What stands on the wire: every message's fields, every enumeration's values, every call."""
    found = {}

    def renamed(name):
        return name if package is None else re.sub(rf"^\.{re.escape(file.package)}\.", f".{package}.", name)

    def add(scope, message):
        name = f"{scope}.{message.name}"
        found[name] = {
            field.name: (field.number, field.type, field.label, renamed(field.type_name), field.HasField("oneof_index"))
            for field in message.field
        }
        for nested in message.nested_type:
            add(name, nested)
        for enumeration in message.enum_type:
            found[f"{name}.{enumeration.name}"] = {value.name: value.number for value in enumeration.value}

    scope = package or file.package
    for message in file.message_type:
        add(scope, message)
    for enumeration in file.enum_type:
        found[f"{scope}.{enumeration.name}"] = {value.name: value.number for value in enumeration.value}
    for service in file.service:
        found[f"{scope}.{service.name}"] = {
            method.name: (
                renamed(method.input_type), renamed(method.output_type), method.client_streaming,
                method.server_streaming,
            )
            for method in service.method
        }
    return found


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("grpc_service.proto", service_pb2),
        ("model_config.proto", model_config_pb2),
        ("grpc/health/v1/health.proto", health),
        ("grpc/reflection/v1alpha/reflection.proto", reflection),
    ],
)
def test_the_definitions_are_those_of_the_clients(own_files, name, module):
    assert facts(own_files[name]) == facts(as_proto(module.DESCRIPTOR))


def test_both_versions_of_reflection_are_alike(own_files):
    old = facts(own_files["grpc/reflection/v1alpha/reflection.proto"], package="x")
    assert facts(own_files["grpc/reflection/v1/reflection.proto"], package="x") == old
