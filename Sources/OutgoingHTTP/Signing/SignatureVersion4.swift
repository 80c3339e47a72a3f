/// Signs requests as AWS and everybody who speaks like it asks for.
///
/// S3's rules hold: paths are escaped once and never made shorter, and the hash of the body travels along.
///
/// - Isolation: a value; pure but for the library that computes hashes.
/// - Source: AWS, "Create a signed AWS API request" (Signature Version 4); compared with botocore's signatures.
package struct SignatureVersion4: Sendable {
    /// What proves who asks.
    package struct Credentials: Equatable, Sendable {
        package var accessKey: String
        package var secretKey: String
        package var sessionToken: String?

        package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
            self.accessKey = accessKey
            self.secretKey = secretKey
            self.sessionToken = sessionToken
        }
    }

    private let credentials: Credentials
    private let region: String
    private let service: String

    /// Makes a signer for one service of one region.
    package init(_ credentials: Credentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The fields that make a request a signed one.
    ///
    /// - Units: `seconds` since 1970.
    /// - Parameter authority: host and port as the field `Host` has them.
    /// - Parameter fields: further fields that the signature covers; they are not among the result.
    /// - Throws: `.library` without a library for hashes.
    package func fields(
        signing method: OutgoingRequest.Method, _ target: RequestTarget, authority: String,
        fields: [OutgoingRequest.Field] = [], body: [UInt8] = [], seconds: Int64
    ) throws(OutgoingFault) -> [OutgoingRequest.Field] {
        let bodyHash = try SHA256Digest(of: body).hexadecimal
        let time = Self.timestamp(seconds)
        var added = [
            OutgoingRequest.Field("x-amz-content-sha256", bodyHash), OutgoingRequest.Field("x-amz-date", time),
        ]
        if let token = credentials.sessionToken { added.append(.init("x-amz-security-token", token)) }
        let signed = ([OutgoingRequest.Field("host", authority)] + fields + added)
            .map { ($0.name.lowercased(), Self.trimmed($0.value)) }.sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let canonical = """
            \(method.rawValue)
            \(target.escapedPath)
            \(target.escapedQuery)
            \(signed.map { "\($0.0):\($0.1)\n" }.joined())
            \(names)
            \(bodyHash)
            """
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let toSign = """
            AWS4-HMAC-SHA256
            \(time)
            \(scope)
            \(try SHA256Digest(of: Array(canonical.utf8)).hexadecimal)
            """
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [String(time.prefix(8)), region, service, "aws4_request"] {
            key = try SHA256Digest(of: Array(part.utf8), key: key).bytes
        }
        let signature = try SHA256Digest(of: Array(toSign.utf8), key: key).hexadecimal
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
        return added + [.init("Authorization", authorization)]
    }

    /// Without blanks at the ends, and one for each run of blanks inside.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    /// A time as in `20150830T123600Z`.
    ///
    /// - Source: the days of the Gregorian calendar, counted in eras of 400 years that begin in March.
    static func timestamp(_ seconds: Int64) -> String {
        precondition(seconds >= 0, "the present is later than 1970")
        let days = seconds / 86_400
        let rest = seconds % 86_400
        let shifted = days + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + shifted / 146_097 * 400 + (month >= 10 ? 1 : 0)
        let calendarMonth = month < 10 ? month + 3 : month - 9
        return "\(padded(year, 4))\(padded(calendarMonth))\(padded(day))T"
            + "\(padded(rest / 3600))\(padded(rest / 60 % 60))\(padded(rest % 60))Z"
    }

    private static func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
