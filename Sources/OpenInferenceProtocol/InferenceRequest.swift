import LinuxSystem
import JSONSyntax

/// A request for inference, read from the bytes of its body: JSON, or a message of gRPC.
///
/// Rows go straight into the batch matrix of the model, behind the rows that count; nothing else is copied: all that
/// is kept of the request are positions in its bytes. The value is meant to be used again and again.
///
/// Members may stand in any order; unknown ones are skipped after their syntax was checked; a known member that occurs
/// twice in one object is refused, because readers of JSON disagree about which one counts. `null` for an optional
/// member means that it is absent.
///
/// - Ownership: positions refer to the body that was parsed last.
/// - Isolation: one thread at a time.
/// - Complexity: one pass over the body; allocates only while its lists grow beyond any earlier request's.
/// - Source: Open Inference Protocol, "Inference Request JSON Object"; Triton's extension_binary_data.md.
package struct InferenceRequest: ~Copyable {
    /// The identity, empty if there is none or it is "": in JSON as a string with its quotation marks, in a message
    /// as it is.
    package internal(set) var id = 0..<0
    /// What a message calls the model, and which version it wants, empty for any.
    package internal(set) var modelName = 0..<0
    package internal(set) var modelVersion = 0..<0
    /// Whether a stream is to be told that no further answer comes.
    package internal(set) var wantsFinalResponse = false
    /// Number of rows behind the matrix's own.
    package internal(set) var rowCount = 0
    /// What to answer.
    package internal(set) var outputs = OutputSelection(requested: 0, binary: 0)
    /// Elements of all requested outputs together, and of what an ensemble computes on its way to them.
    package internal(set) var outputElementCount = 0
    /// Scheduling priority, 0 for the model's own.
    package internal(set) var priority: UInt64 = 0
    /// - Units: microseconds in the queue, 0 for the model's own limit.
    package internal(set) var timeoutMicroseconds: UInt64 = 0
    /// The parameters that are not the protocol's own.
    package internal(set) var parameters: [RequestParameter] = []

    /// The rows, where they were left in the body instead of being put into the matrix.
    package internal(set) var binaryRows: BinaryRows?

    /// The outputs that are wanted in another form than JSON or binary, each once.
    package internal(set) var specialOutputs: [SpecialOutput] = []
    /// Bytes of inputs in regions.
    package internal(set) var regionByteCount = 0

    /// Whether the last request was refused for nothing but its size: more features than `elementCountLimit` allows, or
    /// as many bytes in regions as that many take.
    package internal(set) var exceedsElementCountLimit = false

    /// Whether numbers may take the fast path; tests switch it off to compare.
    var usesFastPath = true

    // What reading one request needs from one step to the next.
    let regions: (any TensorRegions)?
    /// Where the input that is being read stands; of the last one that has said so.
    var inputRegion = RegionReference()
    /// What was copied from regions.
    var regionBytes = ByteBuffer()
    var cursor = JSONCursor(depthLimit: 0)
    var elementCountLimit = 0
    var leavesBinaryRows = false
    var inputCount = 0
    /// Whether the first input held whole rows.
    var hasMatrix = false
    /// Bit per feature that has been given as a column, or per tensor where there are several.
    var givenColumns: [UInt64] = []
    var givenColumnCount = 0
    /// Elements of one of several tensors on their way to its columns.
    var elements = FeatureMatrix(featureCount: 1, isWide: false, rowCapacity: 0)
    var wideElements = FeatureMatrix(featureCount: 1, isWide: true, rowCapacity: 0)
    /// Position of the next binary tensor.
    var binaryOffset = 0
    /// Position of the value of `inputs`, -1 before it was met.
    var inputsOffset = -1
    var hasOutputs = false
    var hasParameters = false
    var hasID = false
    var wantsBinary = false

    // What reading a message needs beside.
    /// Whether the request is a message, and where it stands.
    var isMessage = false
    var message = 0..<0
    /// Where data of inputs stands, in the order of the inputs that take it, and how much of it was taken.
    var rawContents: [Range<Int>] = []
    var takenRawCount = 0

    /// Makes a request that has not been read.
    ///
    /// - Parameter regions: the memory that requests may name; nil for none.
    package init(regions: (any TensorRegions)? = nil) {
        self.regions = regions
        parameters.reserveCapacity(OpenInferenceProtocolLimits.parameterCount)
    }

    /// Reads a request.
    ///
    /// - Parameter headerLength: bytes of JSON before the binary tensors, from `Inference-Header-Content-Length`; nil
    ///   where the whole body is JSON, 0 where it is the bytes of the only input.
    /// - Parameter matrix: receives the rows in its tail; they do not count before the caller advances it by
    ///   `rowCount`. After an error the tail holds nothing of value.
    /// - Parameter elementCountLimit: features of all rows, defaults included, that the caller wants to read here and
    ///   now; beyond it the request is refused before the matrix grows, and `exceedsElementCountLimit` says so.
    /// - Parameter leavesBinaryRows: whether whole rows in a binary tensor are left in the body, to be read as
    ///   `binaryRows`, if nothing can be wrong with them; the matrix is not touched then.
    /// - Throws: `ProtocolError`, with Triton's text where there is one.
    package mutating func parse(
        _ body: Span<UInt8>, headerLength: Int?, for model: ModelSignature, into matrix: inout FeatureMatrix,
        elementCountLimit: Int = OpenInferenceProtocolLimits.elementCount, leavesBinaryRows: Bool = false
    ) throws(ProtocolError) {
        forget()
        self.elementCountLimit = elementCountLimit
        self.leavesBinaryRows = leavesBinaryRows
        let jsonLength = headerLength ?? body.count
        guard jsonLength >= 0 && jsonLength <= body.count else {
            throw .headerLength(jsonLength, bodyLength: body.count)
        }
        if headerLength == 0 {
            try readRaw(body, for: model, into: &matrix)
            return
        }
        binaryOffset = jsonLength
        cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth, acceptsNonFinite: true)
        let json = body.extracting(0..<jsonLength)
        try readMembers(json, body: body, for: model, into: &matrix)
        guard inputsOffset >= 0 else { throw .missingMember("inputs") }
        try checkInputs(json, for: model)
        guard binaryOffset == body.count else { throw .surplusBytes(model.name) }
        if outputs.requested == 0 { outputs = .unlisted(of: model, isBinary: wantsBinary) }
        try checkOutputs(for: model)
    }

    mutating func forget() {
        isMessage = false
        id = 0..<0
        rowCount = 0
        outputs = OutputSelection(requested: 0, binary: 0)
        priority = 0
        timeoutMicroseconds = 0
        parameters.removeAll(keepingCapacity: true)
        binaryRows = nil
        if regionByteCount > 0 {
            regionByteCount = 0
            regionBytes.removeAll()
        }
        if !specialOutputs.isEmpty { specialOutputs.removeAll(keepingCapacity: true) }
        exceedsElementCountLimit = false
        inputCount = 0
        hasMatrix = false
        givenColumns.removeAll(keepingCapacity: true)
        givenColumnCount = 0
        inputsOffset = -1
        hasOutputs = false
        hasParameters = false
        hasID = false
        wantsBinary = false
    }

    private mutating func readMembers(
        _ json: Span<UInt8>, body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        guard case .beginObject = try next(json) else { throw .wrongKind("the request", "an object") }
        while let member = try nextMember(json) {
            switch member {
            case .id: try readID(json)
            case .parameters:
                try Self.notTwice(&hasParameters, "parameters")
                try readParameters(json)
            case .inputs:
                guard inputsOffset < 0 else { throw .repeatedMember("inputs") }
                inputsOffset = cursor.offset
                try readInputs(json, body: body, for: model, into: &matrix)
            case .outputs:
                try Self.notTwice(&hasOutputs, "outputs")
                try readOutputs(json, for: model)
            default: try skipValue(json)
            }
        }
        // The end of the object was read; behind it only white space may follow.
        _ = try next(json)
    }

    private mutating func readID(_ json: Span<UInt8>) throws(ProtocolError) {
        try Self.notTwice(&hasID, "id")
        switch try next(json) {
        case .string(let string):
            guard string.range.count <= OpenInferenceProtocolLimits.idByteCount else {
                throw .longID(string.range.count)
            }
            if !string.range.isEmpty { id = (string.range.lowerBound - 1)..<(string.range.upperBound + 1) }
        case .null: break
        default: throw .wrongKind("'id'", "a string")
        }
    }

    /// Reads the next key of an object, nil at the object's end.
    @inline(__always)
    mutating func nextMember(_ json: Span<UInt8>) throws(ProtocolError) -> RequestMember? {
        var position = usesFastPath ? cursor.upcomingKey(in: json) : -1
        if position >= 0, let member = RequestMember(compact: json, at: &position) {
            cursor.offset = position
            cursor.keyWasRead()
            return member
        }
        return try nextUnusualMember(json)
    }

    @inline(never)
    private mutating func nextUnusualMember(_ json: Span<UInt8>) throws(ProtocolError) -> RequestMember? {
        guard case .key(let key) = try next(json) else { return nil }
        return RequestMember(key, in: json)
    }

    /// Reads a string; anything else is refused.
    mutating func nextString(_ json: Span<UInt8>, _ member: StaticString) throws(ProtocolError) -> JSONStringRange {
        if usesFastPath, let string = cursor.takePlainString(in: json) { return string }
        guard case .string(let string) = try next(json) else { throw .wrongKind(member, "a string") }
        return string
    }

    static func notTwice(_ flag: inout Bool, _ member: StaticString) throws(ProtocolError) {
        guard !flag else { throw .repeatedMember(member) }
        flag = true
    }

    mutating func next(_ json: Span<UInt8>) throws(ProtocolError) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: json)
        } catch {
            throw .syntax(error)
        }
    }

    mutating func skipValue(_ json: Span<UInt8>) throws(ProtocolError) {
        do throws(JSONFault) {
            try cursor.skipValue(in: json)
        } catch {
            throw .syntax(error)
        }
    }
}
