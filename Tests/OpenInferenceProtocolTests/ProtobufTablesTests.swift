import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Every table is compared with the definition, as protoc has compiled it.
@Suite struct ProtobufTablesTests {
    private let descriptors = ProtobufDescriptors.shared

    private func expect<Fields: ProtobufFields>(
        _ fields: Fields.Type, _ name: String, isWhole: Bool = true, _ location: SourceLocation = #_sourceLocation
    ) {
        let message = descriptors.message(name)
        for field in Fields.allCases {
            let defined = message.fields[field.name]
            #expect(defined?.number == field.rawValue, "\(field.name) of \(name)", sourceLocation: location)
            #expect(defined?.kind == field.kind, "\(field.name) of \(name)", sourceLocation: location)
            if field.kind.wireType != .bytes {
                #expect(defined?.isRepeated == field.isRepeated, "\(field.name) of \(name)", sourceLocation: location)
            }
        }
        if isWhole { #expect(message.fields.count == Fields.allCases.count, "\(name)", sourceLocation: location) }
    }

    @Test func `tables of inference are those of the definition`() {
        expect(ModelInferMessage.Request.self, "inference.ModelInferRequest")
        expect(ModelInferMessage.Input.self, "inference.ModelInferRequest.InferInputTensor")
        expect(ModelInferMessage.Output.self, "inference.ModelInferRequest.InferRequestedOutputTensor")
        expect(ModelInferMessage.Contents.self, "inference.InferTensorContents")
        expect(ModelInferMessage.Parameter.self, "inference.InferParameter")
        expect(ModelInferMessage.ParameterEntry.self, "inference.ModelInferRequest.ParametersEntry")
    }

    @Test func `tables of the other calls are those of the definition`() {
        for name in ["ModelReady", "ModelMetadata", "ModelConfig", "ModelStatistics"] {
            expect(ControlMessage.Model.self, "inference.\(name)Request")
        }
        expect(ControlMessage.Index.self, "inference.RepositoryIndexRequest")
        for name in ["Load", "Unload"] {
            expect(ControlMessage.Control.self, "inference.RepositoryModel\(name)Request")
        }
        expect(ControlMessage.ControlParameter.self, "inference.ModelRepositoryParameter")
        for name in ["SystemSharedMemoryStatus", "SystemSharedMemoryUnregister", "CudaSharedMemoryStatus"] {
            expect(ControlMessage.Region.self, "inference.\(name)Request")
        }
        expect(ControlMessage.Region.self, "inference.CudaSharedMemoryRegisterRequest", isWhole: false)
        expect(ControlMessage.SystemRegistration.self, "inference.SystemSharedMemoryRegisterRequest")
        expect(ControlMessage.TraceSetting.self, "inference.TraceSettingRequest")
        expect(ControlMessage.TraceValue.self, "inference.TraceSettingRequest.SettingValue")
        expect(ControlMessage.Entry.self, "inference.TraceSettingRequest.SettingsEntry")
        expect(ControlMessage.LogSettings.self, "inference.LogSettingsRequest")
        expect(ControlMessage.LogValue.self, "inference.LogSettingsRequest.SettingValue")
        expect(ControlMessage.Health.self, "grpc.health.v1.HealthCheckRequest")
        expect(FeedbackFields.Request.self, "rowan.v1.FeedbackRequest")
        expect(FeedbackFields.Item.self, "rowan.v1.FeedbackItem")
        for version in ["v1", "v1alpha"] {
            expect(ControlMessage.Reflection.self, "grpc.reflection.\(version).ServerReflectionRequest")
        }
    }

    @Test func `numbers that answers are written with are those of the definition`() {
        func number(_ message: String, _ field: String) -> UInt32? {
            descriptors.message(message).fields[field]?.number
        }
        let answers: [(String, [(String, UInt32)])] = [
            (
                "inference.ModelInferResponse",
                [("model_name", 1), ("model_version", 2), ("id", 3), ("outputs", 5), ("raw_output_contents", 6)]
            ),
            ("inference.ModelInferResponse.InferOutputTensor", [("name", 1), ("datatype", 2), ("shape", 3)]),
            ("inference.ModelStreamInferResponse", [("error_message", 1), ("infer_response", 2)]),
            ("inference.ModelConfigResponse", [("config", 1)]),
            (
                "inference.SystemSharedMemoryStatusResponse.RegionStatus",
                [("name", 1), ("key", 2), ("offset", 3), ("byte_size", 4)]
            ),
            (
                "inference.LogSettingsResponse.SettingValue",
                [("bool_param", 1), ("uint32_param", 2), ("string_param", 3)]
            ),
            (
                "grpc.reflection.v1.ServerReflectionResponse",
                [
                    ("valid_host", 1), ("original_request", 2), ("file_descriptor_response", 4),
                    ("all_extension_numbers_response", 5), ("list_services_response", 6), ("error_response", 7),
                ]
            ),
        ]
        for (message, fields) in answers {
            for (field, expected) in fields { #expect(number(message, field) == expected, "\(field) of \(message)") }
        }
        #expect(
            descriptors.enumerations["grpc.health.v1.HealthCheckResponse.ServingStatus"]
                == ["UNKNOWN": 0, "SERVING": 1, "NOT_SERVING": 2, "SERVICE_UNKNOWN": 3])
    }

    @Test func `every call of the definition is answered`() {
        let paths = GRPCMethod.allCases.map { method in
            "\(method.path)".dropFirst().split(separator: "/").joined(separator: ".")
        }
        for path in paths { #expect(descriptors.fileIndexes[path] != nil, "\(path)") }
        #expect(descriptors.services.sorted() == GRPCMethod.services)
        let methods = descriptors.fileIndexes.keys.filter { name in
            GRPCMethod.services.contains { name.hasPrefix($0 + ".") }
        }
        #expect(Set(methods) == Set(paths))
        for method in GRPCMethod.allCases {
            let path = Array("\(method.path)".utf8)
            #expect(GRPCMethod(path: path.span) == method)
            for other in [path + [0x2f], Array(path.dropLast()), Array(path.dropFirst()), []] {
                #expect(GRPCMethod(path: other.span) == nil)
            }
        }
    }
}
