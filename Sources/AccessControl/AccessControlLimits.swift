/// Limits on what files, options and clients may say about access.
package enum AccessControlLimits {
    /// Bytes of a file of API keys: four hundred for each of the most keys.
    package static let keyFileByteCount = 4 << 20
    /// Keys of a file: each costs some hundred bytes in each loop.
    package static let keyCount = 10_000
    /// Bytes of a key's id: what two machine words hold.
    package static let keyIDByteCounts = 1...16
    /// Bytes of a key's name, which people read.
    package static let keyNameByteCount = 200
    /// Models that one key may name; who needs more gives none and allows all.
    package static let modelsPerKey = 256
    /// Bytes of a model's name, as repositories permit.
    package static let modelNameByteCount = 200
    /// Requests per second that a key may be held to: from one in a quarter of an hour to more than a server answers.
    package static let requestsPerSecond = 0.001...1_000_000.0
    /// Requests that may come at once.
    package static let burst = 1...1_000_000
    /// Containers within each other in a file of keys.
    package static let nestingDepth = 8

    /// Bytes of the name and of the value of a field that opens a restricted API.
    package static let restrictionNameByteCount = 128
    package static let restrictionValueByteCount = 1_024

    /// Origins of pages that may call.
    package static let originCount = 100
    /// Bytes of an origin: those of a host's name and some more.
    package static let originByteCount = 270

    /// Ranges of addresses of trusted proxies.
    package static let trustedRangeCount = 1_000
    /// Proxies that a request may have passed; what stands before them counts as not known.
    package static let forwardedHopCount = 32
}
