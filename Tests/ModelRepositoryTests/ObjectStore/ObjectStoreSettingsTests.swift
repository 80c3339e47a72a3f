import LinuxSystem
import OutgoingHTTP
import TestSupport
import Testing

@testable import ModelRepository

@Suite struct ObjectStoreSettingsTests {
    private let folder = TemporaryFolder()

    private func access(
        _ variables: [String: String], to repository: String = "s3://bucket/a"
    ) throws(ObjectStoreFault) -> ObjectStoreSettings.Access {
        try ObjectStoreSettings(environment: variables).access(to: repository)
    }

    private func fault(_ variables: [String: String]) -> String? {
        do throws(ObjectStoreFault) {
            _ = try access(variables)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `variables hold the key, the token and the region`() throws {
        let found = try access([
            "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "other",
        ])
        #expect(found.credentials == .init(accessKey: "k", secretKey: "s", sessionToken: "t"))
        #expect(found.region == "eu-west-1")
        #expect(try access(["AWS_DEFAULT_REGION": "eu-west-2"]).region == "eu-west-2")
    }

    @Test func `without a key nothing is signed`() throws {
        let found = try access(["HOME": folder.path, "AWS_ACCESS_KEY_ID": ""])
        #expect(found.credentials == nil && found.region == "us-east-1")
    }

    /// - Source: AWS, "Configuration and credential file settings in the AWS CLI".
    private static let profiles = """
        # comment
        [default]
        aws_access_key_id = dk
        aws_secret_access_key=ds=
        [ other ]
        AWS_ACCESS_KEY_ID = ok
        aws_secret_access_key = os
        aws_session_token = ot
        region = eu-west-3
        ; comment
        [half]
        aws_access_key_id = hk

        """

    @Test func `profiles are read from the shared file`() throws {
        folder.write(Self.profiles, to: ".aws/credentials")
        let home = ["HOME": folder.path]
        #expect(try access(home).credentials == .init(accessKey: "dk", secretKey: "ds="))
        let other = try access(home.merging(["AWS_PROFILE": "other"]) { $1 })
        #expect(other.credentials == .init(accessKey: "ok", secretKey: "os", sessionToken: "ot"))
        #expect(other.region == "eu-west-3")
        let named = ["AWS_SHARED_CREDENTIALS_FILE": folder.path + "/.aws/credentials", "AWS_REGION": "here"]
        #expect(try access(named).region == "here")
        #expect(try access(named).credentials?.accessKey == "dk")
    }

    @Test func `what is named and not there is a fault`() {
        folder.write(Self.profiles, to: ".aws/credentials")
        #expect(fault(["HOME": folder.path, "AWS_PROFILE": "nobody"])?.contains("no profile of the name") == true)
        #expect(fault(["HOME": folder.path, "AWS_PROFILE": "half"])?.contains("lacks its key") == true)
        let gone = fault(["AWS_SHARED_CREDENTIALS_FILE": folder.path + "/gone"])
        #expect(gone?.hasPrefix("AWS_SHARED_CREDENTIALS_FILE: the file of credentials cannot be read") == true)
        #expect(fault(["AWS_ACCESS_KEY_ID": "k"])?.contains("one is missing") == true)
        #expect(fault(["AWS_SECRET_ACCESS_KEY": "s"])?.contains("one is missing") == true)
    }

    @Test func `keys that no field can hold and regions that are none are refused without being shown`() {
        for (key, secret) in [("k\r\nX: 1", "s"), ("k", "secret word")] {
            let text = fault(["AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret])
            #expect(text == "a key, its secret or its token holds a blank or another character that none can hold")
        }
        for region in ["Us", "a/b", "a.evil.org/", String(repeating: "a", count: 65)] {
            #expect(fault(["AWS_REGION": region]) == "the region is no name such as us-east-1")
        }
    }

    @Test func `a file of credentials has a greatest size`() {
        folder.write(String(repeating: "#", count: ObjectStoreLimits.credentialsByteCount + 1), to: "large")
        #expect(fault(["AWS_SHARED_CREDENTIALS_FILE": folder.path + "/large"])?.contains("larger than") == true)
    }

    /// - Source: Triton's documentation, "Cloud Storage with Credential file (Beta)".
    @Test func `Triton's file has a key for each beginning of a URL`() throws {
        folder.write(
            """
            {"gs": {"": "path"}, "s3": {"": {"secret_key": "s0", "key_id": "k0", "region": "r0", "session_token": "",
             "profile": ""}, "s3://bucket": {"secret_key": "s1", "key_id": "k1", "session_token": "t1"}}}
            """, to: "cloud.json")
        let variables = [
            "TRITON_CLOUD_CREDENTIAL_PATH": folder.path + "/cloud.json", "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
        ]
        let near = try access(variables)
        #expect(near.credentials == .init(accessKey: "k1", secretKey: "s1", sessionToken: "t1"))
        let far = try access(variables, to: "s3://other/a")
        #expect(far.credentials == .init(accessKey: "k0", secretKey: "s0") && far.region == "r0")
        folder.write("{\"s3\": {", to: "cloud.json")
        #expect(fault(variables)?.contains("is no JSON") == true)
        folder.write("{}", to: "cloud.json")
        #expect(try access(variables).credentials?.accessKey == "k")
    }
}
