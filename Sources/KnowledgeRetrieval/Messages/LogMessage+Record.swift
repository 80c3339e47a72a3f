/// Reading records.
extension LogMessage {
    /// Finds the message of a log record.
    ///
    /// The forms of JSON logs, syslog (both of its standards), log4j and logback, Python's logging, Go's log, logfmt
    /// and zap, klog, container runtimes, access and error logs of nginx and Apache, and CloudWatch are known. A record
    /// of another form is stripped of what looks like a time, a level, a thread or a name in front.
    ///
    /// - Complexity: linear in the record's length, which is cut at ``KnowledgeRetrievalLimits/recordByteCount``.
    package init(record: String) {
        let limit = KnowledgeRetrievalLimits.recordByteCount
        let bytes = Letter.prefix(Array(record.utf8.prefix(limit + 1))[...], limit)
        let record = Letter.trimmed(bytes)
        var message = Self.read(record, depth: 0)
        // A record of nothing but an envelope is its own message.
        if Letter.trimmed(Array(message.text.utf8)[...]).isEmpty {
            message = LogMessage(shape: .plain, text: Letter.text(record))
        }
        let kept = Letter.prefix(Array(message.text.utf8)[...], KnowledgeRetrievalLimits.messageByteCount)
        message.text = Letter.text(Letter.trimmed(kept))
        message.identifiers = MessageMask.identifiers(
            of: message.text, limit: KnowledgeRetrievalLimits.identifiers)
        self = message
    }

    /// Records within records that are looked into: a runtime's around a JSON document around a line.
    private static let depthLimit = 3

    static func read(_ record: ArraySlice<UInt8>, depth: Int) -> LogMessage {
        guard depth < depthLimit else { return LogMessage(shape: .plain, text: Letter.text(record)) }
        if let message = container(record, depth) ?? document(record, depth) { return message }
        if let message = AccessRecord.message(record) ?? LogfmtRecord.message(record) { return message }
        var prefix = RecordPrefix(record)
        prefix.strip()
        let rest = Letter.trimmed(prefix.rest)
        // What an envelope of one system holds may be a record of another one.
        if prefix.isEnvelope, rest.first == UInt8(ascii: "{") || LogfmtRecord.message(rest) != nil {
            return prefix.completed(read(rest, depth: depth + 1))
        }
        let text = StackTrace.message(rest.isEmpty ? record : rest)
        return prefix.completed(LogMessage(shape: prefix.shape, text: text))
    }

    /// `2024-05-01T10:00:00.000000000Z stderr F message`, as container runtimes write it.
    private static func container(_ record: ArraySlice<UInt8>, _ depth: Int) -> LogMessage? {
        guard let end = RecordTime.end(in: record, from: record.startIndex, joinsWords: false) else { return nil }
        for stream in [" stdout ", " stderr "] where record[end...].starts(with: Array(stream.utf8)) {
            let flag = record[(end + stream.utf8.count)...].prefix(2)
            guard flag.count == 2, flag.first == UInt8(ascii: "F") || flag.first == UInt8(ascii: "P"),
                flag.last == 0x20
            else { return nil }
            var message = read(Letter.trimmed(record[flag.endIndex...]), depth: depth + 1)
            message.time = message.time ?? Letter.text(record[..<end])
            return message
        }
        return nil
    }

    private static func document(_ record: ArraySlice<UInt8>, _ depth: Int) -> LogMessage? {
        guard record.first == UInt8(ascii: "{"), let fields = RecordFields(json: record), !fields.isEmpty else {
            return nil
        }
        guard let text = fields.message else { return nil }
        let inner = read(Letter.trimmed(Array(text.utf8)[...]), depth: depth + 1)
        let failure = fields.failure.flatMap { inner.text.contains($0) ? nil : $0 }
        return LogMessage(
            shape: fields.isCloudWatch ? .cloudWatch : .json,
            text: failure.map { "\(inner.text): \($0)" } ?? inner.text,
            level: fields.level ?? inner.level, service: fields.service ?? inner.service,
            host: fields.host ?? inner.host, logger: fields.logger ?? inner.logger, time: fields.time ?? inner.time)
    }
}
