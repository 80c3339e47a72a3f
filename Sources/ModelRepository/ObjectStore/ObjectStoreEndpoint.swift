import OutgoingHTTP

/// How the objects of a bucket are addressed.
///
/// AWS's own store has buckets in its host names, unless their dots would break its certificate; every other store has
/// them in the path.
///
/// - Source: Amazon S3 User Guide, "Virtual hosting of buckets".
struct ObjectStoreEndpoint: Equatable, Sendable {
    let isSecure: Bool
    /// Host and port as the field `Host` has them.
    let authority: String
    /// Begins and ends with a slash.
    private let pathPrefix: String

    init(
        _ location: ObjectStoreLocation, _ settings: ObjectStoreSettings, region: String
    ) throws(ObjectStoreFault) {
        let given = try settings.endpoint()
        if let url = location.endpoint ?? given {
            isSecure = url.isSecure
            authority = url.authority
            pathPrefix = "/\(location.bucket)/"
            return
        }
        let host = "s3.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
        let hasDots = location.bucket.contains(".")
        isSecure = true
        authority = hasDots ? host : "\(location.bucket).\(host)"
        pathPrefix = hasDots ? "/\(location.bucket)/" : "/"
    }

    /// The target of a key; without one, of the bucket.
    func target(key: String, query: [RequestTarget.Parameter] = []) -> RequestTarget {
        guard key.isEmpty, pathPrefix != "/" else { return RequestTarget(path: pathPrefix + key, query: query) }
        return RequestTarget(path: String(pathPrefix.dropLast()), query: query)
    }

    /// What tells one bucket from another.
    func identity(of location: ObjectStoreLocation) -> String {
        "\(isSecure ? "https" : "http")://\(authority)\(pathPrefix)\(location.bucket)/\(location.prefix)"
    }
}
