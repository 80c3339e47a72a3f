import LinuxSystem
import OutgoingHTTP

/// What the environment says about object stores: where, with which key.
///
/// The variables are those of AWS's own tools. Files are read anew for each synchronisation, so that keys may be
/// replaced while the server runs.
///
/// - Isolation: a value; made before start.
package struct ObjectStoreSettings: Equatable, Sendable {
    private let environment: [String: String]

    /// Takes what concerns object stores from the variables of a process.
    package init(environment: [String: String]) {
        self.environment = environment.filter { name, value in
            !value.isEmpty && (name.hasPrefix("AWS_") || name == "HOME" || name == Self.tritonVariable)
        }
    }

    static let tritonVariable = "TRITON_CLOUD_CREDENTIAL_PATH"

    /// What one synchronisation works with.
    struct Access: Equatable, Sendable {
        /// Nil to ask without a signature, as public buckets permit.
        var credentials: SignatureVersion4.Credentials?
        var region = "us-east-1"
    }

    /// The store of the variables; nil for AWS's own.
    func endpoint() throws(ObjectStoreFault) -> OutgoingURL? {
        guard let text = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"] else { return nil }
        return try ObjectStoreLocation.endpoint(text.hasSuffix("/") ? String(text.dropLast()) : text)
    }

    /// A file of certificates that the store's may rest on.
    var certificateAuthorityFile: String? { environment["AWS_CA_BUNDLE"] }

    /// Finds the key and the region for a repository.
    ///
    /// Triton's file comes first, if there is one; then the variables; then the shared file of credentials with the
    /// profile that is named.
    ///
    /// - Throws: `.credentials` where something is named that is not there.
    func access(to repository: String) throws(ObjectStoreFault) -> Access {
        var access = Access()
        if let path = environment[Self.tritonVariable] {
            let file = try TritonCredentials(try Self.read(path, named: Self.tritonVariable))
            if let found = file.access(to: repository) { return try Self.checked(found) }
        }
        if let key = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] {
            access.credentials = .init(
                accessKey: key, secretKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
        } else if (environment["AWS_ACCESS_KEY_ID"] == nil) != (environment["AWS_SECRET_ACCESS_KEY"] == nil) {
            throw .credentials("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; one is missing")
        } else {
            access = try profileAccess() ?? access
        }
        if let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] { access.region = region }
        return try Self.checked(access)
    }

    private func profileAccess() throws(ObjectStoreFault) -> Access? {
        let profile = environment["AWS_PROFILE"]
        let file = environment["AWS_SHARED_CREDENTIALS_FILE"]
        guard let path = file ?? environment["HOME"].map({ "\($0)/.aws/credentials" }) else { return nil }
        // Without being named, the file need not be there.
        guard profile != nil || file != nil || FileSystem.exists(path) else { return nil }
        let profiles = CredentialsFile(try Self.read(path, named: file == nil ? path : "AWS_SHARED_CREDENTIALS_FILE"))
        guard let section = profiles[profile ?? "default"] else {
            if profile == nil && file == nil { return nil }
            throw .credentials("the file of credentials has no profile of the name in AWS_PROFILE (default)")
        }
        guard let key = section["aws_access_key_id"], let secret = section["aws_secret_access_key"] else {
            throw .credentials("the profile in the file of credentials lacks its key or the key's secret")
        }
        var access = Access(
            credentials: .init(accessKey: key, secretKey: secret, sessionToken: section["aws_session_token"]))
        if let region = section["region"] { access.region = region }
        return access
    }

    private static func read(_ path: String, named name: String) throws(ObjectStoreFault) -> String {
        do throws(FileFault) {
            return try FileSystem.readText(path, byteCountLimit: ObjectStoreLimits.credentialsByteCount)
        } catch {
            throw .credentials("\(name): the file of credentials cannot be read: \(error.description)")
        }
    }

    private static func checked(_ access: Access) throws(ObjectStoreFault) -> Access {
        let isRegion =
            (1...64).contains(access.region.utf8.count)
            && access.region.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isRegion else { throw .credentials("the region is no name such as us-east-1") }
        let texts = [
            access.credentials?.accessKey, access.credentials?.secretKey, access.credentials?.sessionToken,
        ]
        for text in texts.compactMap({ $0 }) where !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw .credentials("a key, its secret or its token holds a blank or another character that none can hold")
        }
        return access
    }
}
