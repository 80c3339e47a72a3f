import LinuxSystem

@testable import OpenInferenceProtocol

extension FuzzTarget {
    /// A request as a message: what it is does not depend on what stands around it, nor on what was read before; and it
    /// keeps the model's limits.
    static let inferenceMessage = FuzzTarget(name: "inference-message") { input in
        for model in requestModels {
            let first = messageOutcome(of: input, model, guards: [])
            precondition(first == messageOutcome(of: input, model, guards: [0x08, 0xff]), "only the message counts")
            precondition(first.rowCount <= 8, "a request keeps the model's limit of rows")
        }
    }

    /// The messages of all other calls: each is read or refused with words.
    static let controlMessage = FuzzTarget(name: "control-message") { input in
        var answer = ByteBuffer()
        for kind in CallKind.allCases {
            do throws(ProtocolError) {
                try read(input, as: kind)
            } catch {
                precondition(!error.message.isEmpty, "a refusal has words")
            }
        }
        do throws(ProtocolError) {
            try ReflectionAnswer.append(to: input.indices, in: input.span, &answer)
            precondition(answer.count > GRPCMessagePrefix.byteCount, "an answer repeats its request")
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
        }
    }

    /// The calls whose messages are read in their own ways.
    private enum CallKind: CaseIterable {
        case model, control, load, unload, region, index, health, registration, traceSettings, logSettings
    }

    private static func read(_ message: [UInt8], as kind: CallKind) throws(ProtocolError) {
        let bytes = message.span
        let range = message.indices
        switch kind {
        case .model:
            let call = try ModelCall(range, in: bytes)
            _ = try ModelCall.version(call.version, in: bytes)
        case .control: _ = try RepositoryControlCall(range, in: bytes)
        case .load: _ = try RepositoryLoadRequest(loading: "m", range, in: bytes)
        case .unload: _ = try RepositoryLoadRequest.unloadsDependents(range, in: bytes)
        case .region: _ = try RegionCall(range, in: bytes)
        case .index: _ = try IndexCall(range, in: bytes)
        case .health: _ = try HealthCall(range, in: bytes)
        case .registration: _ = try SharedMemoryRegistration(range, in: bytes)
        case .traceSettings: _ = try SettingsCall(trace: range, in: bytes)
        case .logSettings: _ = try SettingsCall(log: range, in: bytes)
        }
    }

    /// The frames of a stream: the same messages and the same end, in pieces of any size; the input's first byte is
    /// the size.
    static let messageStream = FuzzTarget(name: "message-stream") { input in
        guard let size = input.first, size > 0 else { return }
        let bytes = Array(input.dropFirst())
        let whole = messages(of: bytes, pieces: max(1, bytes.count))
        precondition(messages(of: bytes, pieces: Int(size)) == whole, "pieces change nothing")
    }

    private static func messageOutcome(
        of message: [UInt8], _ model: ModelSignature, guards: [UInt8]
    ) -> RequestOutcome {
        let body = guards + message + guards
        let range = guards.count..<guards.count + message.count
        var request = InferenceRequest(regions: FuzzRegion())
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 1)
        var outcome = RequestOutcome()
        do throws(ProtocolError) {
            try request.open(range, in: body.span)
            try request.parseMessage(in: body.span, for: model, into: &matrix)
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
            outcome.error = error.message
            return outcome
        }
        for place in [request.modelName, request.modelVersion, request.id] {
            precondition(place.isEmpty || place.clamped(to: range) == place, "positions lie within the message")
        }
        matrix.advance(by: request.rowCount)
        fill(&outcome, from: request, matrix)
        let id = request.id
        outcome.id = id.isEmpty ? 0..<0 : id.lowerBound - guards.count..<id.upperBound - guards.count
        return outcome
    }

    private static func messages(of bytes: [UInt8], pieces: Int) -> [String] {
        var stream = GRPCMessageStream(messageByteCountLimit: 200)
        var found: [String] = []
        do throws(CallStatus) {
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                stream.feed(bytes.span.extracting(start..<min(start + pieces, bytes.count)))
                while case .message(let range, let isCompressed) = try stream.next() {
                    found.append("\(range.map { stream.bytes.bytes[$0] }) \(isCompressed)")
                    stream.messageTaken()
                }
            }
        } catch {
            return found + [error.message]
        }
        return found + [stream.isInsideMessage ? "inside" : "whole"]
    }
}
