import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// The OpenAPI document of the inference port.
///
/// Paths, methods and answers come from `OpenAPIOperation`, whose operations the compiler asks for from every kind of
/// resource of `EndpointTable`; the shapes of bodies stand in `OpenAPISchemas`.
///
/// - Source: OpenAPI Specification 3.1.0.
enum OpenAPIDocument {
    /// The document as JSON, written when it is first asked for.
    static let bytes: [UInt8] = {
        var buffer = ByteBuffer(capacity: 65_536)
        write(to: &buffer)
        let bytes = buffer.bytes
        return bytes.indices.map { bytes[$0] }
    }()

    private static func write(to buffer: inout ByteBuffer) {
        buffer.append("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Rowan\",\"version\":")
        buffer.appendJSONString(ServerVersion.text)
        buffer.append(",\"description\":")
        buffer.appendJSONString(description)
        buffer.append("},\"servers\":[{\"url\":\"/\"}],\"tags\":[")
        buffer.appendList(OpenAPIOperation.Group.allCases) { buffer, group in
            buffer.append("{\"name\":")
            buffer.appendJSONString(group.rawValue)
            buffer.append(",\"description\":")
            buffer.appendJSONString(group.description)
            buffer.append("}")
        }
        buffer.append("],\"paths\":{")
        buffer.appendList(paths) { buffer, path in append(path.path, path.operations, to: &buffer) }
        buffer.append("},\"components\":{\"securitySchemes\":{\"adminToken\":{\"type\":\"http\",\"scheme\":\"bearer\",")
        buffer.append("\"description\":")
        buffer.appendJSONString(administration)
        buffer.append("},\"apiKey\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"x-api-key\",\"description\":")
        buffer.appendJSONString(keys)
        buffer.append("}},\"schemas\":")
        buffer.append(OpenAPISchemas.text)
        buffer.append("}}")
    }

    private static let description = """
        The Open Inference Protocol (KServe v2) with Triton's extensions, for tree ensembles. Every refusal is an \
        object with one member, `error`.
        """

    static let administration = """
        Calls that change the server are answered to direct callers of its own machine, and to others with the token \
        of `--admin-token-file` or an API key of scope `admin`.
        """

    private static let keys = """
        With `--api-keys-file` inference needs an API key, in this field or in `Authorization: Bearer`.
        """

    /// The operations by path, in the order in which paths first occur.
    private static let paths: [(path: String, operations: [OpenAPIOperation])] = {
        var paths: [(path: String, operations: [OpenAPIOperation])] = []
        for operation in OpenAPIOperation.all {
            if let index = paths.firstIndex(where: { $0.path == operation.path }) {
                paths[index].operations.append(operation)
            } else {
                paths.append((operation.path, [operation]))
            }
        }
        return paths
    }()

    private static func append(_ path: String, _ operations: [OpenAPIOperation], to buffer: inout ByteBuffer) {
        buffer.appendJSONString(path)
        buffer.append(":{")
        if let parameters = operations.first?.pathParameters, !parameters.isEmpty {
            buffer.append("\"parameters\":[")
            buffer.appendList(parameters) { buffer, name in
                buffer.append("{\"in\":\"path\",\"required\":true,\"name\":")
                buffer.appendJSONString(name)
                buffer.append(",\"schema\":")
                buffer.append(name == "version" ? version : name == "region" ? region : model)
                buffer.append("}")
            }
            buffer.append("],")
        }
        buffer.appendList(operations) { buffer, operation in append(operation, to: &buffer) }
        buffer.append("}")
    }

    private static let version: StaticString = "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,18}$\"}"
    private static let region: StaticString = "{\"type\":\"string\",\"minLength\":1}"
    private static let model: StaticString = "{\"type\":\"string\",\"minLength\":1,\"pattern\":\"^[^/]+$\"}"

    private static func append(_ operation: OpenAPIOperation, to buffer: inout ByteBuffer) {
        buffer.appendJSONString(operation.method.name)
        buffer.append(":{\"operationId\":")
        buffer.appendJSONString(operation.id)
        buffer.append(",\"tags\":[")
        buffer.appendJSONString(operation.group.rawValue)
        buffer.append("],\"summary\":")
        buffer.appendJSONString(operation.summary)
        if !operation.description.isEmpty {
            buffer.append(",\"description\":")
            buffer.appendJSONString(operation.description)
        }
        if operation.isAdministrative {
            buffer.append(",\"security\":[{},{\"adminToken\":[]},{\"apiKey\":[]}]")
        } else if operation.group == .inference {
            buffer.append(",\"security\":[{},{\"apiKey\":[]}]")
        }
        if let request = operation.request {
            buffer.append(",\"requestBody\":{\"required\":")
            buffer.append(request.isRequired ? "true" : "false" as StaticString)
            append(request.content, example: request.example, to: &buffer)
            buffer.append("}")
        }
        buffer.append(",\"responses\":{")
        buffer.appendList(operation.answersByStatus) { buffer, answer in
            buffer.append("\"")
            buffer.appendDecimal(Int(answer.status.rawValue))
            buffer.append("\":{\"description\":")
            buffer.appendJSONString(answer.meaning)
            append(answer.content, to: &buffer)
            buffer.append("}")
        }
        buffer.append("}}")
    }

    private static func append(
        _ content: OpenAPIOperation.Content, example: String? = nil, to buffer: inout ByteBuffer
    ) {
        let mediaTypes = content.mediaTypes
        guard !mediaTypes.isEmpty else { return }
        buffer.append(",\"content\":{")
        buffer.appendList(mediaTypes) { buffer, mediaType in
            buffer.appendJSONString(mediaType.name)
            buffer.append(":{")
            if let schema = mediaType.schema {
                buffer.append("\"schema\":{\"$ref\":")
                buffer.appendJSONString("#/components/schemas/\(schema)")
                buffer.append("}")
                if let example {
                    buffer.append(",\"example\":")
                    buffer.append(Array(example.utf8).span)
                }
            }
            buffer.append("}")
        }
        buffer.append("}")
    }
}

extension OpenAPIOperation {
    /// All answers, one for each status: the operation's own before those that any request may get.
    var answersByStatus: [Answer] {
        var known: Set<UInt16> = []
        let refusals = group == .inference ? OpenAPIOperation.refusalsOfKeys : []
        let candidates = answers + refusals + OpenAPIOperation.refusalsOfAnyRequest
        return candidates.filter { known.insert($0.status.rawValue).inserted }.sorted {
            $0.status.rawValue < $1.status.rawValue
        }
    }
}

extension HTTPMethod {
    /// The method's key in a Path Item Object.
    var name: String { "\(self)" }
}

extension ByteBuffer {
    /// Appends elements with commas between them.
    fileprivate mutating func appendList<Element>(
        _ elements: [Element], _ append: (inout ByteBuffer, Element) -> Void
    ) {
        for (index, element) in elements.enumerated() {
            if index > 0 { self.append(UInt8(ascii: ",")) }
            append(&self, element)
        }
    }
}
