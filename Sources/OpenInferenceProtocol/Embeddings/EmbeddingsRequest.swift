import JSONSyntax
import LinuxSystem

/// A request for the vectors of texts in OpenAI's form: `{"model": "…", "input": "…" or ["…", …]}`.
///
/// Members that do not matter here, such as `user`, are skipped.
///
/// - Isolation: a value.
/// - Source: OpenAI's API reference, "Create embeddings"; its package openai 2.
package struct EmbeddingsRequest: Equatable, Sendable {
    /// Texts that the matrix has got.
    package private(set) var count = 0
    /// Whether vectors are wanted as base64 of their floats' bytes, lowest first, which the package openai asks for.
    package private(set) var isBase64 = false

    private var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)

    package static func == (left: EmbeddingsRequest, right: EmbeddingsRequest) -> Bool {
        left.count == right.count && left.isBase64 == right.isBase64
    }

    private init() {}

    /// Finds the name of the model.
    ///
    /// - Complexity: one pass over what stands before it.
    /// - Throws: `ProtocolError` for what is no such request.
    package static func modelName(in body: Span<UInt8>) throws(ProtocolError) -> [UInt8] {
        var request = EmbeddingsRequest()
        guard case .beginObject = try request.next(body) else { throw .wrongKind("the request", "an object") }
        while case .key(let key) = try request.next(body) {
            guard JSONString.equals(key, in: body, "model") else {
                try request.skipValue(body)
                continue
            }
            guard case .string(let name) = try request.next(body) else { throw .wrongKind("'model'", "a string") }
            return Array(JSONString.decode(name, in: body).utf8)
        }
        throw .missingMember("model")
    }

    /// Reads a request.
    ///
    /// - Parameter matrix: receives a row for each text; they do not count before the caller advances it by `count`.
    /// - Throws: `ProtocolError` for what is no such request, or asks for what is not to be had.
    package init(
        _ body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        precondition(model.input.areTexts, "the model takes texts")
        matrix.texts.removeAll(behind: matrix.rowCount)
        var hasInput = false
        guard case .beginObject = try next(body) else { throw .wrongKind("the request", "an object") }
        while case .key(let key) = try next(body) {
            if JSONString.equals(key, in: body, "input") {
                try InferenceRequest.notTwice(&hasInput, "input")
                try readInput(body, into: &matrix)
            } else if JSONString.equals(key, in: body, "encoding_format") {
                isBase64 = try readFormat(body)
            } else if JSONString.equals(key, in: body, "dimensions") {
                try readDimensions(body, of: model)
            } else {
                try skipValue(body)
            }
        }
        // Behind the object only white space may follow.
        _ = try next(body)
        guard hasInput else { throw .missingMember("input") }
        let limit = min(
            OpenInferenceProtocolLimits.textCount,
            model.input.maxBatchSize == 0 ? OpenInferenceProtocolLimits.textCount : model.input.maxBatchSize)
        guard count <= limit else {
            throw ProtocolError(.invalidArgument, "'input' has \(count) texts, at most \(limit) are accepted")
        }
        matrix.reserve(rows: count)
    }

    private mutating func next(_ body: Span<UInt8>) throws(ProtocolError) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: body)
        } catch {
            throw .syntax(error)
        }
    }

    private mutating func skipValue(_ body: Span<UInt8>) throws(ProtocolError) {
        do throws(JSONFault) {
            try cursor.skipValue(in: body)
        } catch {
            throw .syntax(error)
        }
    }

    /// Reads one text, or a list of some.
    private mutating func readInput(_ body: Span<UInt8>, into matrix: inout FeatureMatrix) throws(ProtocolError) {
        switch try next(body) {
        case .string(let text): try append(text, body, to: &matrix)
        case .beginArray:
            while true {
                switch try next(body) {
                case .string(let text): try append(text, body, to: &matrix)
                case .endArray:
                    guard count > 0 else { throw ProtocolError(.invalidArgument, "'input' is an empty list") }
                    return
                case .number, .beginArray:
                    throw ProtocolError(
                        .invalidArgument,
                        "'input' holds tokens, which are another model's numbers: send texts")
                default: throw .wrongKind("'input'", "a string or a list of strings")
                }
            }
        default: throw .wrongKind("'input'", "a string or a list of strings")
        }
    }

    private mutating func append(
        _ text: JSONStringRange, _ body: Span<UInt8>, to matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        // Escape sequences only become shorter.
        if text.range.count > OpenInferenceProtocolLimits.textByteCount {
            throw .longText("input", count, text.range.count)
        }
        count += 1
        // More are counted for the refusal and not kept.
        if count > OpenInferenceProtocolLimits.textCount { return }
        JSONString.forEachByte(of: text, in: body) { byte in
            matrix.texts.append(byte)
            return true
        }
        matrix.texts.endText()
    }

    private mutating func readFormat(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        let token = try next(body)
        if case .null = token { return false }
        if case .string(let name) = token {
            if JSONString.equals(name, in: body, "base64") { return true }
            if JSONString.equals(name, in: body, "float") { return false }
        }
        throw .wrongKind("'encoding_format'", "\"float\" or \"base64\"")
    }

    /// Vectors come whole: those of this kind of model say nothing by their first numbers alone.
    private mutating func readDimensions(_ body: Span<UInt8>, of model: ModelSignature) throws(ProtocolError) {
        let token = try next(body)
        if case .null = token { return }
        if case .number(let range) = token, (try? JSONNumber.int64(in: body, range)) == Int64(model.elementsPerRow[0]) {
            return
        }
        throw ProtocolError(
            .invalidArgument,
            "'dimensions' of model '\(model.name)' are \(model.elementsPerRow[0]) and cannot be chosen")
    }
}
