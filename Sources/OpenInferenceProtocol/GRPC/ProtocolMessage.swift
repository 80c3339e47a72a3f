import JSONSyntax
package import LinuxSystem

/// Writes the answers of gRPC, all but those of inference; each comes with its prefix.
///
/// - Source: grpc_service.proto, grpc/health/v1/health.proto.
package enum ProtocolMessage {
    /// What a health check says.
    package enum Health: UInt64, Sendable {
        case serving = 1
        case notServing = 2
        case unknownService = 3
    }

    /// Appends an answer that says nothing.
    package static func appendEmpty(to buffer: inout ByteBuffer) {
        buffer.appendMessagePrefix(0)
    }

    /// Appends ServerLiveResponse, ServerReadyResponse or ModelReadyResponse.
    package static func append(_ isSo: Bool, to buffer: inout ByteBuffer) {
        frame(to: &buffer) { $0.appendInteger(1, isSo ? 1 : 0) }
    }

    /// Appends HealthCheckResponse.
    package static func append(_ health: Health, to buffer: inout ByteBuffer) {
        frame(to: &buffer) { $0.appendInteger(1, health.rawValue) }
    }

    /// Appends the answer of a call that has loaded or unloaded a model: an empty one to Triton's clients; KServe's
    /// are told the model's name and that it is done.
    package static func appendControlled(_ model: String, isOfKServe: Bool, to buffer: inout ByteBuffer) {
        frame(to: &buffer) { content in
            guard isOfKServe else { return }
            content.appendText(1, model)
            content.appendInteger(2, 1)
        }
    }

    /// Appends the message that a JSON document says.
    ///
    /// - Parameter message: its name in the package `inference`.
    /// - Parameter member: the field whose value the document is, where it is not the whole message.
    package static func append(
        _ document: Span<UInt8>, as message: String, in member: UInt32? = nil, to buffer: inout ByteBuffer
    ) {
        frame(to: &buffer) { content in
            guard let member else {
                return DocumentTranscoder.append(document, as: "inference.\(message)", to: &content)
            }
            var value = ByteBuffer()
            DocumentTranscoder.append(document, as: "inference.\(message)", to: &value)
            content.appendContent(member, value.bytes)
        }
    }

    /// A region of shared memory as its status tells it.
    package struct Region: Sendable {
        package let name: String
        package let key: String
        package let offset: UInt64
        package let byteCount: UInt64

        /// Describes a region.
        package init(name: String, key: String, offset: UInt64, byteCount: UInt64) {
            self.name = name
            self.key = key
            self.offset = offset
            self.byteCount = byteCount
        }
    }

    /// Appends SystemSharedMemoryStatusResponse; that of CUDA's memory is the same without regions.
    package static func append(_ regions: [Region], to buffer: inout ByteBuffer) {
        frame(to: &buffer) { content in
            for region in regions {
                var status = ByteBuffer()
                status.appendText(1, region.name)
                status.appendText(2, region.key)
                status.appendInteger(3, region.offset)
                status.appendInteger(4, region.byteCount)
                appendEntry(region.name, status.bytes, to: &content)
            }
        }
    }

    /// Appends TraceSettingResponse from the document of the settings.
    package static func appendTraceSettings(_ document: Span<UInt8>, to buffer: inout ByteBuffer) {
        appendSettings(document, to: &buffer) { values, content in
            for value in values {
                if case .text(let text) = value { content.appendContent(1, Array(text.utf8).span) }
            }
        }
    }

    /// Appends LogSettingsResponse from the document of the settings.
    package static func appendLogSettings(_ document: Span<UInt8>, to buffer: inout ByteBuffer) {
        appendSettings(document, to: &buffer) { values, content in
            switch values.first {
            // A member of a choice is written even if it is the default.
            case .flag(let flag):
                content.appendTag(1, .varint)
                content.appendVarint(flag ? 1 : 0)
            case .integer(let number):
                content.appendTag(2, .varint)
                content.appendVarint(UInt64(max(0, number)))
            case .text(let text): content.appendContent(3, Array(text.utf8).span)
            default: break
            }
        }
    }

    private static func appendSettings(
        _ document: Span<UInt8>, to buffer: inout ByteBuffer,
        _ write: ([SettingsRequest.Value], inout ByteBuffer) -> Void
    ) {
        let settings: SettingsRequest
        do throws(ProtocolError) {
            settings = try SettingsRequest(document)
        } catch {
            preconditionFailure("the server writes settings: \(error.message)")
        }
        frame(to: &buffer) { content in
            for member in settings.members {
                var value = ByteBuffer()
                if case .texts(let texts) = member.value {
                    write(texts.map { .text($0) }, &value)
                } else {
                    write([member.value], &value)
                }
                appendEntry(member.name, value.bytes, to: &content)
            }
        }
    }

    /// Appends an entry of the map that is the first field of some answers.
    private static func appendEntry(_ key: String, _ value: Span<UInt8>, to content: inout ByteBuffer) {
        var entry = ByteBuffer()
        entry.appendText(1, key)
        entry.appendContent(2, value)
        content.appendContent(1, entry.bytes)
    }

    /// Appends a message that a closure writes, its prefix in front.
    static func frame(to buffer: inout ByteBuffer, _ write: (inout ByteBuffer) -> Void) {
        var content = ByteBuffer()
        write(&content)
        buffer.appendMessagePrefix(content.count)
        buffer.append(content.bytes)
    }
}
