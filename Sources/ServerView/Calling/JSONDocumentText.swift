import JSONSyntax

/// Texts of a small document.
enum JSONDocumentText {
    /// The member of an object, if it is a text; without control characters, which a terminal would obey.
    static func member(_ name: String, of bytes: Span<UInt8>) -> String? {
        JSONValue(bytes)?[name]?.text.map { text in
            String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        }
    }
}
