"""Makes DescriptorTexts.swift from the .proto files beside it: what protoc compiles them to, in base64.

    pip install grpcio-tools==1.81.1
    python make_descriptors.py            # writes the file
    python make_descriptors.py --check    # compares it with what would be written

The descriptors hold no source information and no JSON names; the order of the files is that of their dependencies.
"""

import base64
import pathlib
import sys
import tempfile

import grpc_tools.protoc
from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "Sources/OpenInferenceProtocol/Protobuf"
DEFINITIONS = FOLDER / "Definitions"
TARGET = FOLDER / "DescriptorTexts.swift"

FILES = [
    ("modelConfiguration", "model_config.proto"),
    ("inferenceService", "grpc_service.proto"),
    ("health", "grpc/health/v1/health.proto"),
    ("reflection", "grpc/reflection/v1/reflection.proto"),
    ("oldReflection", "grpc/reflection/v1alpha/reflection.proto"),
    ("feedback", "rowan/v1/feedback.proto"),
]

HEAD = """// Made by Tests/OpenInferenceProtocolTests/Fixtures/make_descriptors.py; not edited by hand.

/// The descriptors of the services' files as protoc compiles them: a serialised FileDescriptorProto each, in base64.
enum DescriptorTexts {
    /// A file comes behind those that it imports.
    static var all: [String] { [%s] }
"""


def descriptors():
    """The compiled files, by name."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "set"
        code = grpc_tools.protoc.main(
            ["protoc", f"-I{DEFINITIONS}", f"--descriptor_set_out={output}"]
            + [str(DEFINITIONS / file) for _, file in FILES]
        )
        assert code == 0, "protoc has refused a file"
        compiled = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
    for file in compiled.file:
        for message in file.message_type:
            forget_json_names(message)
    return {file.name: file for file in compiled.file}


def forget_json_names(message):
    """Servers' descriptors are made from generated code, which has no JSON names."""
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        forget_json_names(nested)


def swift():
    """The text of the Swift file."""
    compiled = descriptors()
    text = HEAD % ", ".join(name for name, _ in FILES)
    for name, file in FILES:
        letters = base64.b64encode(compiled[file].SerializeToString()).decode()
        lines = [letters[start : start + 110] for start in range(0, len(letters), 110)]
        text += f'\n    private static let {name} = """\n'
        text += "\\\n".join(f"        {line}" for line in lines)
        text += '\n        """\n'
    return text + "}\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if TARGET.read_text() == swift() else f"{TARGET} is not what the .proto files make")
    TARGET.write_text(swift())
