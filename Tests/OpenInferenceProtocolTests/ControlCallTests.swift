import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Calls other than inference: what their messages ask for, and the bytes of their answers. Expected answers are written
// out from the definitions.
@Suite struct ControlCallTests {
    typealias Bytes = MessageBytes

    private func fault(_ body: () throws(ProtocolError) -> Void) -> String {
        do throws(ProtocolError) {
            try body()
            return ""
        } catch {
            return error.message
        }
    }

    private func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test func `models are named with or without a version`() throws {
        let body = Bytes.field(1, "m") + Bytes.field(2, "12")
        let call = try ModelCall(body.indices, in: body.span)
        #expect(body.span.text(call.name) == "m")
        #expect(try ModelCall.version(call.version, in: body.span) == 12)
        #expect(try ModelCall(0..<0, in: body.span) == ModelCall(0..<0, in: [UInt8]().span))
        for text in ["x", "-1", "1.0", " 1", "9223372036854775808", "99999999999999999999"] {
            let bytes = Array(text.utf8)
            let fault = fault { () throws(ProtocolError) in _ = try ModelCall.version(bytes.indices, in: bytes.span) }
            #expect(fault.hasPrefix("failed to get model version from specified version string '\(text)'"))
        }
        let greatest = Array("9223372036854775807".utf8)
        #expect(try ModelCall.version(greatest.indices, in: greatest.span) == .max)
        #expect(try ModelCall.version(0..<0, in: greatest.span) == nil)
    }

    @Test func `a model is loaded by either definition`() throws {
        func call(_ body: [UInt8]) throws -> (String, Bool, Bool) {
            let call = try RepositoryControlCall(body.indices, in: body.span)
            return (body.span.text(call.model), call.isQualified, call.isOfKServe)
        }
        #expect(try call(Bytes.field(2, "m")) == ("m", false, false))
        #expect(try call(Bytes.field(1, "m")) == ("m", false, true))
        #expect(try call(Bytes.field(1, "r") + Bytes.field(2, "m")) == ("m", true, false))
        #expect(try call([]) == ("", false, false))
        #expect(bytes { ProtocolMessage.appendControlled("m", isOfKServe: false, to: &$0) } == [0, 0, 0, 0, 0])
        #expect(
            bytes { ProtocolMessage.appendControlled("m", isOfKServe: true, to: &$0) }
                == [0, 0, 0, 0, 5, 0x0a, 1, 0x6d, 0x10, 1])
    }

    @Test func `a load brings a configuration and files`() throws {
        func parameter(_ key: String, _ value: [UInt8]) -> [UInt8] { Bytes.parameter(key, value, map: 3) }
        func load(_ body: [UInt8]) throws(ProtocolError) -> RepositoryLoadRequest {
            try RepositoryLoadRequest(loading: "m", body.indices, in: body.span)
        }
        let sound =
            Bytes.field(2, "m") + parameter("config", Bytes.text("{}"))
            + parameter("file:1/model.json", Bytes.field(4, [0, 0xff]))
        let request = try load(sound)
        #expect(request.configuration == Array("{}".utf8))
        #expect(request.files == [RepositoryLoadRequest.File(path: "1/model.json", content: [0, 0xff])])
        #expect(try load(Bytes.field(2, "m")) == RepositoryLoadRequest())
        let cases: [([UInt8], String)] = [
            (
                parameter("config", Bytes.flag(true)),
                "invalid value type for 'config' parameter, expected string_param."
            ),
            (parameter("file:a", Bytes.text("x")), "invalid value type for 'file:a' parameter, expected bytes_param."),
            (parameter("other", Bytes.text("x")), "unrecognized load parameter 'other' for model 'm'"),
            (parameter("file:a", Bytes.field(4, [1])), "failed to load 'm': files come only with parameter 'config'"),
            (sound + parameter("file:1/model.json", Bytes.field(4, [1])), "file '1/model.json' is given twice"),
            (
                [0x1a, 0x05],
                "failed to parse the request: field 'parameters' of RepositoryModelLoadRequest ends behind"
            ),
        ]
        for (body, expected) in cases {
            let fault = fault { () throws(ProtocolError) in _ = try load(body) }
            #expect(fault.hasPrefix(expected))
        }
        let limit = OpenInferenceProtocolLimits.loadFileCount
        let many = (0...limit).flatMap { parameter("file:\($0)", Bytes.field(4, [1])) }
        #expect(
            fault { () throws(ProtocolError) in _ = try load(many) } == "more than \(limit) files in a load request")
    }

    @Test func `an unload takes dependents along`() throws {
        func unloads(_ value: [UInt8]) throws(ProtocolError) -> Bool {
            let body = Bytes.parameter("unload_dependents", value, map: 3) + Bytes.parameter("x", [], map: 3)
            return try RepositoryLoadRequest.unloadsDependents(body.indices, in: body.span)
        }
        #expect(try unloads(Bytes.flag(true)))
        #expect(try !unloads(Bytes.flag(false)))
        #expect(
            fault { () throws(ProtocolError) in _ = try unloads(Bytes.text("true")) }
                == "invalid value type for 'unload_dependents' parameter, expected bool_param.")
    }

    @Test func `regions are named, registered and told`() throws {
        let body = Bytes.field(1, "r") + Bytes.field(2, "/key") + Bytes.number(3, 4096) + Bytes.number(4, 65536)
        #expect(try RegionCall(body.indices, in: body.span).name == "r")
        #expect(try RegionCall(0..<0, in: body.span).name == nil)
        let empty = Bytes.field(1, "")
        #expect(try RegionCall(empty.indices, in: empty.span).name == nil)
        let registration = try SharedMemoryRegistration(body.indices, in: body.span)
        #expect(registration == SharedMemoryRegistration(key: "/key", offset: 4096, byteCount: 65536))
        let answer = bytes {
            ProtocolMessage.append([.init(name: "r", key: "/key", offset: 4096, byteCount: 65536)], to: &$0)
        }
        #expect(Array(answer.dropFirst(5)) == Bytes.field(1, Bytes.field(1, "r") + Bytes.field(2, body)))
        #expect(bytes { ProtocolMessage.append([], to: &$0) } == [0, 0, 0, 0, 0])
    }

    @Test func `trace settings are texts, lists and what goes back`() throws {
        func entry(_ name: String, _ values: [String]) -> [UInt8] {
            Bytes.field(1, Bytes.field(1, name) + Bytes.field(2, values.flatMap { Bytes.field(1, $0) }))
        }
        let body =
            entry("trace_level", ["TIMESTAMPS"]) + entry("trace_rate", ["1"]) + entry("trace_rate", ["100"])
            + entry("trace_count", []) + entry("other", ["a", "b"]) + Bytes.field(2, "m")
        let call = try SettingsCall(trace: body.indices, in: body.span)
        #expect(call.model == "m")
        #expect(
            call.request.members == [
                .init(name: "trace_level", value: .texts(["TIMESTAMPS"])),
                .init(name: "trace_rate", value: .text("100")),
                .init(name: "trace_count", value: .null), .init(name: "other", value: .texts(["a", "b"])),
            ])
        let document = Array(#"{"trace_level":["OFF"],"trace_rate":"1000","trace_file":""}"#.utf8)
        let answer = bytes { ProtocolMessage.appendTraceSettings(document.span, to: &$0) }
        #expect(
            Array(answer.dropFirst(5))
                == entry("trace_level", ["OFF"]) + entry("trace_rate", ["1000"]) + entry("trace_file", [""]))
    }

    @Test func `log settings have a type each`() throws {
        func entry(_ name: String, _ value: [UInt8]) -> [UInt8] {
            Bytes.field(1, Bytes.field(1, name) + Bytes.field(2, value))
        }
        let body =
            entry("log_info", Bytes.flag(false)) + entry("log_verbose_level", Bytes.number(2, 3))
            + entry("log_format", Bytes.field(3, "ISO8601")) + entry("log_error", [])
        let call = try SettingsCall(log: body.indices, in: body.span)
        #expect(
            call.request.members == [
                .init(name: "log_info", value: .flag(false)), .init(name: "log_verbose_level", value: .integer(3)),
                .init(name: "log_format", value: .text("ISO8601")), .init(name: "log_error", value: .null),
            ])
        let document = Array(#"{"log_info":false,"log_verbose_level":0,"log_format":"default","log_file":""}"#.utf8)
        let answer = bytes { ProtocolMessage.appendLogSettings(document.span, to: &$0) }
        #expect(
            Array(answer.dropFirst(5))
                == entry("log_info", [8, 0]) + entry("log_verbose_level", [16, 0])
                + entry("log_format", Bytes.field(3, "default")) + entry("log_file", Bytes.field(3, "")))
    }

    @Test func `settings end at their limits`() {
        func entry(_ name: String) -> [UInt8] { Bytes.field(1, Bytes.field(1, name)) }
        func fault(_ body: [UInt8]) -> [String] {
            [
                self.fault { () throws(ProtocolError) in _ = try SettingsCall(log: body.indices, in: body.span) },
                self.fault { () throws(ProtocolError) in _ = try SettingsCall(trace: body.indices, in: body.span) },
            ]
        }
        let count = OpenInferenceProtocolLimits.settingCount
        #expect(fault((0..<count).flatMap { entry("s\($0)") }) == ["", ""])
        let refused = "more than \(count) settings in one request"
        #expect(fault((0...count).flatMap { entry("s\($0)") }) == [refused, refused])
        let limit = OpenInferenceProtocolLimits.settingsByteCount
        let long = Bytes.field(9, [UInt8](repeating: 0, count: limit - 3))
        #expect(long.count == limit && fault(long) == ["", ""])
        let longer = "the settings have \(limit + 1) bytes: at most \(limit) are taken"
        #expect(fault(Bytes.field(9, [UInt8](repeating: 0, count: limit - 2))) == [longer, longer])
    }

    @Test func `truths and health are one field`() {
        #expect(bytes { ProtocolMessage.append(true, to: &$0) } == [0, 0, 0, 0, 2, 8, 1])
        #expect(bytes { ProtocolMessage.append(false, to: &$0) } == [0, 0, 0, 0, 0])
        #expect(bytes { ProtocolMessage.append(.notServing, to: &$0) } == [0, 0, 0, 0, 2, 8, 2])
    }

    @Test func `an index may be of what is ready, and health that of a service`() throws {
        func readyOnly(_ body: [UInt8]) throws -> Bool { try IndexCall(body.indices, in: body.span).readyOnly }
        #expect(try !readyOnly([]) && !readyOnly(Bytes.field(1, "r")) && readyOnly(Bytes.number(2, 1)))
        func isKnown(_ service: String) throws -> Bool {
            let body = Bytes.field(1, service)
            return try HealthCall(body.indices, in: body.span).isKnown
        }
        for service in GRPCMethod.services + [""] { #expect(try isKnown(service)) }
        #expect(try !isKnown("inference") && HealthCall(0..<0, in: [UInt8]().span).isKnown)
    }

    @Test func `documents stand alone or in a field`() {
        let document = Array(#"{"name":"m"}"#.utf8)
        #expect(
            bytes { ProtocolMessage.append(document.span, as: "ModelConfig", in: 1, to: &$0) }
                == [0, 0, 0, 0, 5, 0x0a, 3, 0x0a, 1, 0x6d])
        #expect(
            bytes { ProtocolMessage.append(document.span, as: "ModelConfig", to: &$0) }
                == [0, 0, 0, 0, 3, 0x0a, 1, 0x6d])
    }

    // MARK: Reflection

    private func reflection(_ request: [UInt8]) throws -> String {
        var buffer = ByteBuffer()
        try ReflectionAnswer.append(to: request.indices, in: request.span, &buffer)
        let answer = buffer.withBytes { bytes in (5..<bytes.count).map { bytes[$0] } }
        return MessageText.of(answer, "grpc.reflection.v1.ServerReflectionResponse")
    }

    @Test func `reflection lists services and gives files with what they import`() throws {
        let services = try reflection(Bytes.field(1, "h") + Bytes.field(7, ""))
        let host = "\(Array("h".utf8)[...])"
        #expect(services.hasPrefix("valid_host=\(host) original_request={host=\(host) list_services=[]} list_services"))
        for service in GRPCMethod.services { #expect(services.contains("name=\(Array(service.utf8)[...])")) }
        for symbol in [
            "inference.GRPCInferenceService", "inference.GRPCInferenceService.ModelInfer",
            "inference.ModelInferRequest",
            "inference.ModelInferRequest.InferInputTensor",
        ] {
            let answer = try reflection(Bytes.field(4, symbol))
            #expect(answer.contains("file_descriptor_proto="))
            #expect(answer == (try reflection(Bytes.field(4, symbol))))
            let files = ProtobufDescriptors.shared.files
            #expect(answer.contains("\(files[1].bytes[...])") && answer.contains("\(files[0].bytes[...])"))
        }
        let file = try reflection(Bytes.field(3, "grpc/health/v1/health.proto"))
        #expect(file.contains("\(ProtobufDescriptors.shared.files[2].bytes[...])"))
    }

    @Test func `what reflection does not know is an error in the stream`() throws {
        for request in [Bytes.field(3, "no.proto"), Bytes.field(4, "inference.No"), Bytes.field(6, "inference.No")] {
            #expect(try reflection(request).contains("error_response={error_code=5 "))
        }
        #expect(try reflection(Bytes.field(5, Bytes.field(1, "a"))).contains("error_code=5"))
        #expect(try reflection([]).contains("error_code=3"))
        #expect(
            try reflection(Bytes.field(6, "inference.ModelInferRequest"))
                .contains("all_extension_numbers_response={base_type_name="))
        let cut: [UInt8] = [0x1a, 5]
        var buffer = ByteBuffer()
        #expect(
            fault { () throws(ProtocolError) in try ReflectionAnswer.append(to: cut.indices, in: cut.span, &buffer) }
                .contains("'file_by_filename' of ServerReflectionRequest"))
    }
}
