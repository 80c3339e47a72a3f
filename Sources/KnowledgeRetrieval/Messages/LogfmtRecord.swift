/// Records of `key=value` pairs, as Go's structured loggers write them.
enum LogfmtRecord {
    /// The message of such a record; nil for another form.
    static func message(_ record: ArraySlice<UInt8>) -> LogMessage? {
        guard let pairs = pairs(record) else { return nil }
        let fields = RecordFields(pairs)
        guard pairs["msg"] != nil || pairs["message"] != nil, let text = fields.message else { return nil }
        let failure = fields.failure.flatMap { text.contains($0) ? nil : $0 }
        return LogMessage(
            shape: .go, text: failure.map { "\(text): \($0)" } ?? text, level: fields.level, service: fields.service,
            host: fields.host, logger: fields.logger, time: fields.time)
    }

    /// Most pairs that are read.
    private static let limit = 256

    private static func pairs(_ record: ArraySlice<UInt8>) -> [String: String]? {
        var pairs: [String: String] = [:]
        var position = record.startIndex
        while position < record.endIndex, pairs.count < limit {
            let key = record[position...].prefix {
                Letter.isWord($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
            guard !key.isEmpty, key.endIndex < record.endIndex, record[key.endIndex] == UInt8(ascii: "=") else {
                return nil
            }
            var (value, end) = value(record, key.endIndex + 1)
            pairs[Letter.text(key).lowercased()] = Letter.text(value)
            while end < record.endIndex, Letter.isBlank(record[end]) { end += 1 }
            position = end
        }
        return pairs
    }

    /// A word, or a text between quotation marks with its escapes resolved.
    private static func value(_ record: ArraySlice<UInt8>, _ start: Int) -> ([UInt8], Int) {
        guard start < record.endIndex, record[start] == UInt8(ascii: "\"") else {
            let word = record[start...].prefix { !Letter.isBlank($0) }
            return (Array(word), word.endIndex)
        }
        var text: [UInt8] = []
        var position = start + 1
        while position < record.endIndex, record[position] != UInt8(ascii: "\"") {
            if record[position] == UInt8(ascii: "\\"), position + 1 < record.endIndex {
                position += 1
                text.append(record[position] == UInt8(ascii: "n") ? 0x20 : record[position])
            } else {
                text.append(record[position])
            }
            position += 1
        }
        return (text, min(position + 1, record.endIndex))
    }
}
