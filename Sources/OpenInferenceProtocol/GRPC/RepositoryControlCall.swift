import LinuxSystem

/// A call that loads or unloads a model.
///
/// KServe's definition has the model's name where Triton's has the repository's: without a second field the first one
/// is the model, and the answer is KServe's.
package struct RepositoryControlCall: Equatable, Sendable {
    /// Where the model's name stands.
    package private(set) var model = 0..<0
    /// Whether the call names a repository, too.
    package private(set) var isQualified = false
    /// Whether it was made by KServe's definition.
    package private(set) var isOfKServe = false

    /// Reads the request, all but its parameters.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        var first = 0..<0
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Control.self, in: body) {
            switch field.name {
            case .repositoryName: first = field.content.range
            case .modelName: model = field.content.range
            case .parameters: break
            }
        }
        isOfKServe = model.isEmpty && !first.isEmpty
        isQualified = !model.isEmpty && !first.isEmpty
        if isOfKServe { model = first }
    }
}
