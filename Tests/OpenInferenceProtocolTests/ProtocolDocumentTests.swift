import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

@Suite struct ProtocolDocumentTests {
    func text(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
    }

    @Test func `documents have the protocol's members`() {
        #expect(
            text { ProtocolDocument.appendHealth(isLive: true, isReady: false, to: &$0) }
                == #"{"live":true,"ready":false}"#)
        #expect(
            text { ProtocolDocument.appendModelReady("m", isReady: true, to: &$0) } == #"{"name":"m","ready":true}"#)
        #expect(
            text {
                ProtocolDocument.appendServerMetadata(name: "rowan", version: "1.0", extensions: ["a", "b"], to: &$0)
            }
                == #"{"name":"rowan","version":"1.0","extensions":["a","b"]}"#)
        let model = RequestReading.model("fil", features: 3)
        #expect(
            text {
                ProtocolDocument.appendModelMetadata(
                    model, versions: ["1", "2"], inputs: model.input.metadata, to: &$0)
            }
                == #"""
                {"name":"m","versions":["1","2"],"platform":"forest","inputs":[{"name":"input__0",\#
                "datatype":"FP32","shape":[-1,3]}],"outputs":[{"name":"label","datatype":"INT64",\#
                "shape":[-1]},{"name":"probabilities","datatype":"FP32","shape":[-1,2]},{"name":"margin",\#
                "datatype":"FP64","shape":[-1]}]}
                """#
        )
        #expect(
            text { ProtocolDocument.appendIndexEntry(name: "m", version: nil, state: nil, reason: nil, to: &$0) }
                == #"{"name":"m"}"#)
        #expect(
            text {
                ProtocolDocument.appendIndexEntry(
                    name: "m", version: "1", state: "UNAVAILABLE", reason: "unloaded", to: &$0)
            }
                == #"{"name":"m","version":"1","state":"UNAVAILABLE","reason":"unloaded"}"#)
    }

    @Test func `error texts are escaped and shortened`() {
        #expect(
            text { ProtocolDocument.appendError("a\"b\\c\n\u{1}é\u{1f}\t\r", to: &$0) }
                == #"{"error":"a\"b\\c\n\u0001é\u001f\t\r"}"#)
        let most = String(repeating: "é", count: OpenInferenceProtocolLimits.errorMessageByteCount / 2)
        #expect(text { ProtocolDocument.appendError(most, to: &$0) } == "{\"error\":\"\(most)\"}")
        #expect(text { ProtocolDocument.appendError(most + "é", to: &$0) } == "{\"error\":\"\(most)…\"}")
    }

    @Test func `error codes have Triton's status`() {
        let status = ProtocolError.Code.allCases.map(\.httpStatus)
        #expect(status == [400, 500, 404, 400, 503, 501, 400, 400])
    }
}
