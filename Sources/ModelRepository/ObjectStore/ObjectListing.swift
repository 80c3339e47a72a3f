/// One page of a listing.
///
/// - Source: Amazon S3 API Reference, `ListObjectsV2`, response elements.
struct ObjectListing: Equatable, Sendable {
    /// An object as the store lists it.
    struct Object: Equatable, Sendable {
        var key: String
        /// With its quotes, as it is sent back.
        var tag: String
        var byteCount: Int
    }

    private(set) var objects: [Object] = []
    /// Where the next page begins; nil on the last.
    private(set) var continuation: String?

    /// Reads a page.
    ///
    /// - Throws: `.answer` if it is no listing, or lacks what a listing has.
    init(_ bytes: [UInt8]) throws(ObjectStoreFault) {
        let document = try XMLDocument(bytes)
        guard document.name == "ListBucketResult" else { throw .answer("it is no listing") }
        let isEscaped = document["EncodingType"] == "url"
        for element in document.children where element.name == "Contents" {
            guard let key = element["Key"], let tag = element["ETag"], let size = element["Size"] else {
                throw .answer("an object without key, tag or size")
            }
            guard let byteCount = Int(size), byteCount >= 0, !size.hasPrefix("+") else {
                throw .answer("a size that is no number")
            }
            guard !tag.isEmpty, tag.utf8.count <= 256, tag.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .answer("a tag that is none")
            }
            guard key.utf8.count <= 3 * ObjectStoreLimits.nameByteCount else { throw .answer("a key that is too long") }
            guard let plain = isEscaped ? Self.unescaped(key) : key else { throw .answer("a key with a broken escape") }
            objects.append(Object(key: plain, tag: tag, byteCount: byteCount))
        }
        switch document["IsTruncated"] {
        case "true":
            guard let token = document["NextContinuationToken"], !token.isEmpty else {
                throw .answer("a cut listing that does not say how it goes on")
            }
            continuation = token
        case "false", nil: break
        default: throw .answer("a listing that is neither cut nor whole")
        }
    }

    /// The text that stands behind escapes; a plus sign is a blank, as S3 writes it.
    ///
    /// - Returns: nil for escapes that are none and for bytes that are no UTF-8.
    static func unescaped(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
