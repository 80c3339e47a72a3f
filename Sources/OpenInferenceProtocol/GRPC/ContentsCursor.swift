import LinuxSystem

/// Walks over the elements of one input's typed contents.
///
/// They may stand in several messages, and in each of them alone or in runs, as protobuf allows; the usual form is one
/// run in one message.
struct ContentsCursor {
    private typealias Contents = ModelInferMessage.Contents

    private let wanted: ModelInferMessage.Contents
    /// In the input, in the contents, and in a run of numbers.
    private var input: ProtobufReader
    private var contents = ProtobufReader(0..<0)
    private var run = ProtobufReader(0..<0)
    private var fixedRun = 0..<0

    /// Walks over one field of an input.
    ///
    /// - Parameter input: where the input stands.
    init(_ wanted: ModelInferMessage.Contents, of input: Range<Int>) {
        self.wanted = wanted
        self.input = ProtobufReader(input)
    }

    /// The bits of the next element; nil at the end.
    ///
    /// - Precondition: `bytes` are the same in all calls; the field holds numbers.
    mutating func next(in bytes: Span<UInt8>) throws(ProtobufFault) -> UInt64? {
        while true {
            if !fixedRun.isEmpty { return nextFixed(in: bytes) }
            if let bits = try nextVarint(in: bytes) { return bits }
            guard let field = try nextField(in: bytes) else { return nil }
            switch field {
            case .number(let bits): return bits
            case .bytes(let range) where wanted.kind.wireType == .varint: run = ProtobufReader(range)
            case .bytes(let range): fixedRun = range
            }
        }
    }

    private mutating func nextFixed(in bytes: Span<UInt8>) -> UInt64 {
        let start = fixedRun.lowerBound
        if wanted.kind.wireType == .fixed32 {
            fixedRun = start + 4..<fixedRun.upperBound
            return UInt64(bytes.littleEndian(UInt32.self, at: start))
        }
        fixedRun = start + 8..<fixedRun.upperBound
        return bytes.littleEndian(UInt64.self, at: start)
    }

    private mutating func nextVarint(in bytes: Span<UInt8>) throws(ProtobufFault) -> UInt64? {
        do throws(ProtobufFault.Cause) {
            return try run.nextVarint(in: bytes)
        } catch {
            throw ProtobufFault(message: "\(Contents.message)", field: wanted.name, cause: error)
        }
    }

    private mutating func nextField(in bytes: Span<UInt8>) throws(ProtobufFault) -> ProtobufContent? {
        while true {
            while let field = try contents.next(Contents.self, in: bytes) {
                if field.name == wanted { return field.content }
            }
            var found = false
            while !found, let field = try input.next(ModelInferMessage.Input.self, in: bytes) {
                guard field.name == .contents else { continue }
                contents = ProtobufReader(field.content.range)
                found = true
            }
            if !found { return nil }
        }
    }
}
