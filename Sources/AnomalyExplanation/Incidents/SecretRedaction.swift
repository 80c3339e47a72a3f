/// Takes secrets out of what clients send, before anything is stored or shown.
///
/// What looks like `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, an access key of AWS, a token with a
/// well-known beginning, or the user and password of a URL, is replaced by `[redacted]`.
///
/// - Complexity: linear in the text.
package enum SecretRedaction {
    private static let mark = Array("[redacted]".utf8)

    /// Names whose values are secret, in small letters without `_` and `-`; a longer name that ends in one counts too.
    private static let names = [
        "password", "passwd", "pwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "credential",
        "credentials", "authorization", "cookie", "sessionid",
    ].map { Array($0.utf8) }

    /// What secret words begin with.
    private static let prefixes = [
        "AKIA", "ASIA", "ghp_", "gho_", "github_pat_", "xoxb-", "xoxp-", "sk-", "glpat-", "eyJ",
    ]
    .map { Array($0.utf8) }

    /// The text without secrets.
    package static func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isWord(bytes[index]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let end = wordEnd(bytes, from: index)
            let word = bytes[index..<end]
            if let value = secretValue(bytes, behind: word) {
                result += bytes[index..<value.lowerBound]
                result += mark
                index = value.upperBound
            } else if isSecret(word) {
                result += mark
                index = end
            } else if let password = password(bytes, of: word) {
                result += bytes[index..<password.lowerBound]
                result += mark
                index = password.upperBound
            } else {
                result += word
                index = end
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }

    private static func wordEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        while end < bytes.count, isWord(bytes[end]) { end += 1 }
        return end
    }

    /// The value behind a name that announces a secret.
    private static func secretValue(_ bytes: [UInt8], behind word: ArraySlice<UInt8>) -> Range<Int>? {
        let name = word.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
            .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        guard names.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }) else {
            return isBearer(name) ? token(bytes, from: word.endIndex) : nil
        }
        var start = word.endIndex
        func skip(_ characters: String) {
            while start < bytes.count, Array(characters.utf8).contains(bytes[start]) { start += 1 }
        }
        skip("\"'\\ ")
        guard start < bytes.count, bytes[start] == UInt8(ascii: "=") || bytes[start] == UInt8(ascii: ":") else {
            return nil
        }
        start += 1
        skip(" ")
        let isQuoted = start < bytes.count && (bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "\\"))
        skip("\"'\\")
        // A scheme stands before the secret.
        for scheme in ["Bearer ", "Basic ", "bearer ", "basic "] where bytes[start...].starts(with: Array(scheme.utf8))
        {
            start += scheme.utf8.count
        }
        // What is redacted stays as it is, whatever stands behind it.
        if bytes[start...].starts(with: mark) { return start..<start + mark.count }
        var end = start
        // What begins with a bracket ends behind it.
        let brackets = start < bytes.count && bytes[start] == UInt8(ascii: "[") ? ")}" : ")}]"
        let stops = Array((isQuoted ? "\"\\\r\n" : " ,;&\"'\\\r\n" + brackets).utf8)
        while end < bytes.count, !stops.contains(bytes[end]) { end += 1 }
        return end > start ? start..<end : nil
    }

    private static func isBearer(_ name: [UInt8]) -> Bool { name.elementsEqual("bearer".utf8) }

    /// A long word behind `Bearer`.
    private static func token(_ bytes: [UInt8], from end: Int) -> Range<Int>? {
        guard end + 1 < bytes.count, bytes[end] == 0x20 else { return nil }
        var last = end + 1
        while last < bytes.count, bytes[last] > 0x20, bytes[last] != UInt8(ascii: "\"") { last += 1 }
        return last - end > 8 ? end + 1..<last : nil
    }

    private static func isSecret(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 20 && prefixes.contains { word.starts(with: $0) }
    }

    /// The password of `user:password@host` behind `//`.
    private static func password(_ bytes: [UInt8], of user: ArraySlice<UInt8>) -> Range<Int>? {
        let start = user.startIndex
        guard start >= 2, bytes[start - 1] == UInt8(ascii: "/"), bytes[start - 2] == UInt8(ascii: "/"),
            user.endIndex < bytes.count, bytes[user.endIndex] == UInt8(ascii: ":")
        else { return nil }
        let first = user.endIndex + 1
        var end = first
        while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "@") {
            end += 1
        }
        return end > first && end < bytes.count && bytes[end] == UInt8(ascii: "@") ? first..<end : nil
    }
}
