/// Limits on what the configuration of a split and its clients may say.
package enum TrafficSplittingLimits {
    /// Variants of a split: as many as fit a set of bits in one word.
    package static let variantCount = 64
    /// Bytes of a variant's name: it stands in a header, a parameter and labels of metrics.
    package static let variantNameByteCount = 64
    /// The greatest weight; a thousandth of it beside it is still a share.
    package static let weight = 1_000_000.0
    /// Parts into which a weight of 1 is divided; what is smaller does not count.
    package static let weightParts = 1_000_000.0
    /// Bytes of a key in a cookie: twice what a UUID with a prefix takes, and little enough for each request.
    package static let cookieKeyByteCount = 128
    /// Bytes of a key in a header field, in metadata or in the parameter `sticky_key`.
    package static let keyByteCount = 256
    /// Bytes of the names of the cookie, the field and the metadata.
    package static let fieldNameByteCount = 64
    /// Copied requests that may wait for a shadow: each holds as many bytes as its request.
    package static let shadowQueueCount: UInt64 = 65_536
    /// Pairs of labels that are counted one by one.
    package static let flipCount = 64
    /// Seconds for which clients are asked to keep a key, at most: 400 days, beyond which browsers do not go.
    ///
    /// - Source: RFC 6265bis, section 5.5.
    package static let maxAgeSeconds: UInt64 = 34_560_000
}
