/// Lines of access logs and of nginx's error log.
enum AccessRecord {
    /// The message of such a line; nil for another form.
    static func message(_ record: ArraySlice<UInt8>) -> LogMessage? { access(record) ?? failure(record) }

    /// Reads `10.0.0.1 - name [01/May/2024:10:00:00 +0000] "GET /a HTTP/1.1" 503 12 "referrer" "agent" …`.
    private static func access(_ record: ArraySlice<UInt8>) -> LogMessage? {
        guard let bracket = record.firstIndex(of: UInt8(ascii: "[")), bracket - record.startIndex < 300,
            let time = RecordTime.end(in: record, from: bracket + 1, joinsWords: false),
            let close = record[time...].firstIndex(of: UInt8(ascii: "]")), close - time <= 8
        else { return nil }
        var rest = Letter.trimmed(record[(close + 1)...])
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest = rest.dropFirst()
        guard let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let request = rest[..<quote].split(separator: 0x20)
        let behind = Letter.trimmed(rest[(quote + 1)...])
        let status = behind.prefix(while: Letter.isDigit)
        guard request.count >= 2, status.count == 3 else { return nil }
        // The query of a path is whom it was about, not what happened.
        let path = request[1].prefix { $0 != UInt8(ascii: "?") }
        let code = Letter.text(status)
        let meaning = meanings[code].map { " \($0)" } ?? ""
        let client = record[..<bracket].prefix { !Letter.isBlank($0) }
        return LogMessage(
            shape: .access, text: "\(Letter.text(request[0])) \(Letter.text(path)) HTTP \(code)\(meaning)",
            host: Letter.text(client), time: Letter.text(record[(bracket + 1)..<close]))
    }

    /// - Source: RFC 9110 section 15; 499 is nginx's.
    private static let meanings = [
        "400": "Bad Request", "401": "Unauthorized", "403": "Forbidden", "404": "Not Found",
        "408": "Request Timeout", "413": "Content Too Large", "429": "Too Many Requests",
        "499": "Client Closed Request", "500": "Internal Server Error", "502": "Bad Gateway",
        "503": "Service Unavailable", "504": "Gateway Timeout",
    ]

    /// Reads `2024/05/01 10:00:00 [error] 31#31: *7 message, client: 10.0.0.1, server: …`.
    private static func failure(_ record: ArraySlice<UInt8>) -> LogMessage? {
        guard let time = RecordTime.end(in: record, from: record.startIndex, joinsWords: true),
            record[time...].starts(with: Array(" [".utf8)),
            let close = record[time...].firstIndex(of: UInt8(ascii: "]")),
            let colon = record[close...].firstIndex(of: UInt8(ascii: ":")),
            record[close..<colon].contains(UInt8(ascii: "#"))
        else { return nil }
        var rest = Letter.trimmed(record[(colon + 1)...])
        if rest.first == UInt8(ascii: "*") {
            rest = Letter.trimmed(rest.drop { !Letter.isBlank($0) })
        }
        let text = Letter.text(rest)
        var fields: [String: String] = [:]
        var kept: [Substring] = []
        for part in text.split(separator: ", ") {
            let pair = part.split(separator: ": ", maxSplits: 1)
            if pair.count == 2, attributes.contains(String(pair[0])) {
                fields[String(pair[0])] = String(pair[1])
            } else if fields.isEmpty {
                kept.append(part)
            }
        }
        return LogMessage(
            shape: .access, text: kept.joined(separator: ", "), level: Letter.text(record[(time + 2)..<close]),
            host: fields["server"], time: Letter.text(record[..<time]))
    }

    private static let attributes: Set<String> = ["client", "server", "request", "upstream", "host", "referrer"]
}
