package import LinuxSystem

/// Answers what a client asks about the server's definitions.
///
/// - Source: *GRPC Server Reflection Protocol*. Extensions belong to proto2, so that nothing has any.
package enum ReflectionAnswer {
    private enum Field {
        static let validHost: UInt32 = 1
        static let originalRequest: UInt32 = 2
        static let fileDescriptorResponse: UInt32 = 4
        static let allExtensionNumbersResponse: UInt32 = 5
        static let listServicesResponse: UInt32 = 6
        static let errorResponse: UInt32 = 7
    }

    /// Appends the answer to one request, with its prefix.
    ///
    /// - Throws: where the request is no such message.
    package static func append(
        to request: Range<Int>, in body: Span<UInt8>, _ buffer: inout ByteBuffer
    ) throws(ProtocolError) {
        var host = 0..<0
        var question: ProtobufField<ControlMessage.Reflection>?
        var reader = ProtobufReader(request)
        while let field = try reader.nextField(ControlMessage.Reflection.self, in: body) {
            if field.name == .host { host = field.content.range } else { question = field }
        }
        ProtocolMessage.frame(to: &buffer) { content in
            content.appendText(Field.validHost, body.text(host))
            content.appendContent(Field.originalRequest, body.extracting(request))
            guard let question else {
                return appendError(.invalidArgument, "the request asks for nothing", to: &content)
            }
            answer(question.name, body.text(question.content.range), to: &content)
        }
    }

    private static func answer(
        _ question: ControlMessage.Reflection, _ text: String, to content: inout ByteBuffer
    ) {
        let descriptors = ProtobufDescriptors.shared
        switch question {
        case .host: preconditionFailure("a host is no question")
        case .listServices:
            var list = ByteBuffer()
            for service in descriptors.services.sorted() {
                var response = ByteBuffer()
                response.appendText(1, service)
                list.appendContent(1, response.bytes)
            }
            content.appendContent(Field.listServicesResponse, list.bytes)
        case .fileByFilename:
            appendFile(descriptors.files.firstIndex { $0.name == text }, "file", text, to: &content)
        case .fileContainingSymbol: appendFile(descriptors.fileIndexes[text], "symbol", text, to: &content)
        case .allExtensionNumbersOfType:
            guard descriptors.messages[text] != nil else {
                return appendError(.notFound, "there is no message '\(text)'", to: &content)
            }
            var response = ByteBuffer()
            response.appendText(1, text)
            content.appendContent(Field.allExtensionNumbersResponse, response.bytes)
        case .fileContainingExtension: appendError(.notFound, "there are no extensions", to: &content)
        }
    }

    /// Appends a file and those that it imports.
    private static func appendFile(_ index: Int?, _ what: String, _ name: String, to content: inout ByteBuffer) {
        guard let index else { return appendError(.notFound, "there is no \(what) '\(name)'", to: &content) }
        let files = ProtobufDescriptors.shared.files
        let imported = files[..<index].filter { files[index].dependencies.contains($0.name) }
        var response = ByteBuffer()
        for file in [files[index]] + imported {
            let bytes = file.bytes
            response.appendContent(1, bytes.span)
        }
        content.appendContent(Field.fileDescriptorResponse, response.bytes)
    }

    private static func appendError(_ code: GRPCStatusCode, _ message: String, to content: inout ByteBuffer) {
        var response = ByteBuffer()
        response.appendInteger(1, UInt64(code.rawValue))
        response.appendText(2, message)
        content.appendContent(Field.errorResponse, response.bytes)
    }
}
