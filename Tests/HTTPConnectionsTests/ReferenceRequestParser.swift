/// A request parser that is slow, short and never used in production: it splits the head into lines and judges each
/// line by itself, after RFC 9112.
///
/// It knows no limits and does not say which of several faults it found.
enum ReferenceRequestParser {
    enum Outcome: Equatable {
        case incomplete
        case completed(HeadSummary)
        case refused
    }

    private struct Refusal: Error {}

    static func parse(_ input: [UInt8], interpretsFields: Bool = true) -> Outcome {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for (index, byte) in input.enumerated() {
            line.append(byte)
            if byte != 10 { continue }
            if line.count < 2 || line[line.count - 2] != 13 { return .refused }
            line.removeLast(2)
            if line.contains(13) { return .refused }
            if line.isEmpty && !lines.isEmpty {
                guard var summary = try? summary(of: lines, interpretsFields: interpretsFields) else { return .refused }
                summary.byteCount = index + 1
                return .completed(summary)
            }
            if !line.isEmpty { lines.append(line) }
            line = []
        }
        return .incomplete
    }

    private static func summary(of lines: [[UInt8]], interpretsFields: Bool) throws -> HeadSummary {
        var summary = try requestLine(text(lines[0]))
        var byName: [String: [String]] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 58) else { throw Refusal() }
            let name = text(line[..<colon])
            let value = trimmed(text(line[(colon + 1)...]))
            if !isToken(name) { throw Refusal() }
            if value.unicodeScalars.contains(where: { ($0.value < 32 && $0 != "\t") || $0.value == 127 }) {
                throw Refusal()
            }
            summary.fields.append(name + "=" + value)
            byName[name.lowercased(), default: []].append(value)
        }
        if interpretsFields { try interpret(byName, into: &summary) }
        return summary
    }

    private static func requestLine(_ line: String) throws -> HeadSummary {
        var summary = HeadSummary()
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if parts.count != 3 || !isToken(parts[0]) || parts[1].isEmpty { throw Refusal() }
        summary.method = parts[0]
        if summary.method == "CONNECT" { throw Refusal() }
        switch parts[2] {
        case "HTTP/1.1": summary.minorVersion = 1
        case "HTTP/1.0": summary.minorVersion = 0
        default: throw Refusal()
        }
        if parts[1].unicodeScalars.contains(where: { $0.value < 33 || $0.value > 126 || $0 == "#" }) { throw Refusal() }
        var target = parts[1]
        if let mark = target.firstIndex(of: "?") {
            summary.query = String(target[target.index(after: mark)...])
            target = String(target[..<mark])
        }
        summary.path = try path(of: target, hasQuery: parts[1].contains("?"), method: summary.method)
        return summary
    }

    private static func path(of target: String, hasQuery: Bool, method: String) throws -> String {
        if target.hasPrefix("/") { return target }
        if target == "*" && method == "OPTIONS" && !hasQuery { return target }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" }
            if authority.isEmpty || !authority.unicodeScalars.allSatisfy(isHostScalar) { throw Refusal() }
            let path = rest.dropFirst(authority.count)
            return path.isEmpty ? "/" : String(path)
        }
        throw Refusal()
    }

    private static func interpret(_ fields: [String: [String]], into summary: inout HeadSummary) throws {
        let hosts = fields["host"] ?? []
        if hosts.count > 1 || (hosts.isEmpty && summary.minorVersion == 1) { throw Refusal() }
        if !hosts.allSatisfy({ $0.unicodeScalars.allSatisfy(isHostScalar) }) { throw Refusal() }

        let lengths = try (fields["content-length"] ?? []).map { text in
            if text.isEmpty || !text.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) }) { throw Refusal() }
            guard let length = Int(text) else { throw Refusal() }
            return length
        }
        if Set(lengths).count > 1 { throw Refusal() }
        summary.contentLength = lengths.first ?? -1

        let codings = fields["transfer-encoding"] ?? []
        if !codings.isEmpty {
            if codings.count > 1 || codings[0].lowercased() != "chunked" { throw Refusal() }
            if !lengths.isEmpty || summary.minorVersion == 0 { throw Refusal() }
            summary.isChunked = true
        }
        if summary.contentLength > 1 << 20 { throw Refusal() }

        let options = (fields["connection"] ?? []).flatMap { $0.split(separator: ",") }
            .map { trimmed(String($0)).lowercased() }
        let stays = summary.minorVersion == 1 || options.contains("keep-alive")
        summary.keepsAlive = stays && !options.contains("close")

        let expectations = fields["expect"] ?? []
        if summary.minorVersion == 1 && !expectations.isEmpty {
            if !expectations.allSatisfy({ $0.lowercased() == "100-continue" }) { throw Refusal() }
            summary.expectsContinue = true
        }
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
        while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
        return String(scalars)
    }

    private static func isToken(_ text: String) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".unicodeScalars)
        return !text.isEmpty && text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || marks.contains($0) }
    }

    private static func isHostScalar(_ scalar: Unicode.Scalar) -> Bool {
        isLetterOrDigit(scalar) || "-._~%!$&'()*+,;=:[]".unicodeScalars.contains(scalar)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}
