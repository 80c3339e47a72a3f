import LinuxSystem

/// What the typed contents of one input hold, before any element is converted.
struct TypedContents {
    /// Whether the input has contents at all, be they empty.
    private(set) var isPresent = false
    /// The field that has elements; nil without any.
    private(set) var field: ModelInferMessage.Contents?
    /// Another field that has elements too.
    private(set) var otherField: ModelInferMessage.Contents?
    /// Elements of `field`.
    private(set) var elementCount = 0
    /// Where all elements stand, if they are one run of bytes of a known size each.
    private(set) var run: Range<Int>?

    private var runCount = 0

    /// Adds the elements of one message; the contents of an input are all of its messages together.
    mutating func read(_ message: Range<Int>, in bytes: Span<UInt8>) throws(ProtobufFault) {
        isPresent = true
        var reader = ProtobufReader(message)
        while let part = try reader.next(ModelInferMessage.Contents.self, in: bytes) {
            let count = try Self.count(part, in: bytes)
            guard count > 0 else { continue }
            if let field, field != part.name {
                otherField = part.name
                continue
            }
            field = part.name
            elementCount += count
            runCount += 1
            run = runCount == 1 && part.name.hasFixedSize ? Self.run(part.content) : nil
        }
    }

    /// A field that has elements and is not the given one.
    func field(besides own: ModelInferMessage.Contents?) -> ModelInferMessage.Contents? {
        field != own ? field : otherField
    }

    /// The same, with what the sender of a request is told where it fails.
    mutating func readMessage(_ message: Range<Int>, in bytes: Span<UInt8>) throws(ProtocolError) {
        do throws(ProtobufFault) {
            try read(message, in: bytes)
        } catch {
            throw ProtocolError(error)
        }
    }

    private static func run(_ content: ProtobufContent) -> Range<Int>? {
        guard case .bytes(let range) = content else { return nil }
        return range
    }

    private static func count(
        _ part: ProtobufField<ModelInferMessage.Contents>, in bytes: Span<UInt8>
    ) throws(ProtobufFault) -> Int {
        guard case .bytes(let range) = part.content, part.name != .bytesContents else { return 1 }
        switch part.name.kind.wireType {
        case .fixed32: return range.count / 4
        case .fixed64: return range.count / 8
        case .varint, .bytes: break
        }
        var reader = ProtobufReader(range)
        var count = 0
        do throws(ProtobufFault.Cause) {
            while try reader.nextVarint(in: bytes) != nil { count += 1 }
        } catch {
            throw ProtobufFault(
                message: "\(ModelInferMessage.Contents.message)", field: part.name.name, cause: error)
        }
        return count
    }
}

extension ModelInferMessage.Contents {
    /// Whether elements stand in a run as in a binary tensor.
    fileprivate var hasFixedSize: Bool { self == .fp32Contents || self == .fp64Contents }
}
