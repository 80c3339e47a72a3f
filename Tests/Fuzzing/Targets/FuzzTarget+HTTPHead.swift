import HTTPConnections

extension FuzzTarget {
    /// A request's head means the same however it is cut.
    ///
    /// A parser that has waited looks again when a line ends, so that it may notice a fault only then.
    static let httpHead = FuzzTarget(name: "http-head") { input in
        let whole = outcome(of: input, cuts: [])
        let everywhere = input.count < 200 ? Array(0..<input.count) : []
        for cuts in [[input.count / 2], [1, max(1, input.count - 1)], everywhere] {
            var inPieces = outcome(of: input, cuts: cuts)
            if inPieces.isEmpty { inPieces = outcome(of: input + lineEnds, cuts: cuts + [input.count]) }
            precondition(
                inPieces == (whole.isEmpty ? outcome(of: input + lineEnds, cuts: []) : whole),
                "a head means the same however it is cut")
        }
    }

    private static let lineEnds = Array("\n\n".utf8)

    /// What a parser found: everything that a head holds, the fault's words, or nothing yet.
    private static func outcome(of input: [UInt8], cuts: [Int]) -> [String] {
        var parser = HTTP1RequestParser(bodyByteCountLimit: 1 << 20)
        var head = HTTPRequestHead()
        for end in cuts.filter({ $0 <= input.count }) + [input.count] {
            switch parser.bytesReceived(input.span.extracting(..<end), into: &head) {
            case .needsMoreBytes: continue
            case .headCompleted(let byteCount):
                precondition(byteCount <= input.count, "a head ends inside its bytes")
                var facts = [
                    "\(byteCount) \(head.method) \(head.minorVersion) \(head.methodRange) \(head.pathRange)",
                    "\(head.queryRange) \(head.contentLength) \(head.isChunked) \(head.keepsAlive)",
                    "\(head.expectsContinue) \(head.inferenceHeaderLength) \(head.contentCoding)",
                    "\(head.acceptedCoding)",
                ]
                for field in 0..<head.fieldCount {
                    facts.append("\(head.nameRange(ofField: field)) \(head.valueRange(ofField: field))")
                }
                return facts
            case .faulted(let fault): return ["\(fault)"]
            }
        }
        return []
    }
}
