package import LinuxSystem

/// Writes the protocol's small JSON documents, all but inference responses.
///
/// - Source: Open Inference Protocol; Triton's extension_model_repository.md for the index.
package enum ProtocolDocument {
    /// Appends the error object.
    package static func appendError(_ message: String, to buffer: inout ByteBuffer) {
        buffer.append("{\"error\":")
        buffer.appendJSONString(shortened(message))
        buffer.append("}")
    }

    /// Appends the answer to both health questions; it holds the keys of both so that every client finds its own.
    package static func appendHealth(isLive: Bool, isReady: Bool, to buffer: inout ByteBuffer) {
        buffer.append("{\"live\":")
        append(isLive, to: &buffer)
        buffer.append(",\"ready\":")
        append(isReady, to: &buffer)
        buffer.append("}")
    }

    /// Appends the answer to whether a model is ready.
    package static func appendModelReady(_ name: String, isReady: Bool, to buffer: inout ByteBuffer) {
        buffer.append("{\"name\":")
        buffer.appendJSONString(name)
        buffer.append(",\"ready\":")
        append(isReady, to: &buffer)
        buffer.append("}")
    }

    /// Appends the server's metadata.
    package static func appendServerMetadata(
        name: String, version: String, extensions: [String], to buffer: inout ByteBuffer
    ) {
        buffer.append("{\"name\":")
        buffer.appendJSONString(name)
        buffer.append(",\"version\":")
        buffer.appendJSONString(version)
        buffer.append(",\"extensions\":")
        append(extensions, to: &buffer)
        buffer.append("}")
    }

    /// Appends a model's metadata.
    ///
    /// - Parameter versions: the versions that are ready, or the one that was asked for.
    package static func appendModelMetadata(
        _ model: ModelSignature, versions: [String], inputs: [TensorMetadata], to buffer: inout ByteBuffer
    ) {
        buffer.append("{\"name\":")
        buffer.appendJSONString(model.name)
        buffer.append(",\"versions\":")
        append(versions, to: &buffer)
        buffer.append(",\"platform\":")
        buffer.appendJSONString(model.platform)
        buffer.append(",\"inputs\":")
        append(inputs, to: &buffer)
        buffer.append(",\"outputs\":")
        append(model.outputs, to: &buffer)
        buffer.append("}")
    }

    /// Appends one entry of the repository's index; what is nil or empty is left out.
    package static func appendIndexEntry(
        name: String, version: String?, state: String?, reason: String?, to buffer: inout ByteBuffer
    ) {
        buffer.append("{\"name\":")
        buffer.appendJSONString(name)
        appendMember(",\"version\":", version, to: &buffer)
        appendMember(",\"state\":", state, to: &buffer)
        appendMember(",\"reason\":", reason, to: &buffer)
        buffer.append("}")
    }

    private static func appendMember(_ key: StaticString, _ value: String?, to buffer: inout ByteBuffer) {
        guard let value, !value.isEmpty else { return }
        buffer.append(key)
        buffer.appendJSONString(value)
    }

    private static func append(_ value: Bool, to buffer: inout ByteBuffer) {
        buffer.append(value ? "true" : "false" as StaticString)
    }

    private static func append(_ texts: [String], to buffer: inout ByteBuffer) {
        buffer.append("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.appendJSONString(text)
        }
        buffer.append("]")
    }

    private static func append(_ tensors: [TensorMetadata], to buffer: inout ByteBuffer) {
        buffer.append("[")
        for (index, tensor) in tensors.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append("{\"name\":")
            buffer.appendJSONString(tensor.name)
            buffer.append(",\"datatype\":\"")
            buffer.append(tensor.datatype.name)
            buffer.append("\",\"shape\":[")
            for (position, dimension) in tensor.dims.enumerated() {
                if position > 0 { buffer.append(UInt8(ascii: ",")) }
                buffer.appendDecimal(dimension)
            }
            buffer.append("]}")
        }
        buffer.append("]")
    }

    /// Cuts a message that repeats too much of what a client has sent.
    static func shortened(_ message: String) -> String {
        let limit = OpenInferenceProtocolLimits.errorMessageByteCount
        guard message.utf8.count > limit else { return message }
        var kept = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in message.unicodeScalars {
            byteCount += UTF8.width(scalar)
            if byteCount > limit { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }
}
