/// How the bytes of a body are compressed.
///
/// - Source: RFC 9110 section 8.4.1; `deflate` means the zlib wrapper of RFC 1950.
package enum ContentCoding: UInt8, Sendable {
    case identity
    case gzip
    case deflate
    /// Named by a client and not known here: the request is answered 501.
    case unsupported
}
