import LinuxSystem
import OutgoingHTTP
import TestSupport
import Testing

@testable import ModelRepository

@Suite struct ObjectStoreLocationTests {
    /// - Source: Triton's documentation of model repositories on S3 for the forms with a host.
    @Test(
        arguments: [
            ("s3://bucket", nil, "bucket", ""),
            ("s3://bucket/", nil, "bucket", ""),
            ("S3://bucket/a/b", nil, "bucket", "a/b"),
            ("s3://my.bucket-1//a//b/", nil, "my.bucket-1", "a/b"),
            ("s3://bucket/a b/é+~", nil, "bucket", "a b/é+~"),
            ("s3://localhost:9000/bucket/a", "http://localhost:9000/", "bucket", "a"),
            ("s3://10.0.0.1:80/bucket", "http://10.0.0.1/", "bucket", ""),
            ("s3://http://minio:9000/bucket/a", "http://minio:9000/", "bucket", "a"),
            ("s3://https://storage.example.org:443/bucket/a", "https://storage.example.org/", "bucket", "a"),
            ("s3://https://storage.example.org/bucket", "https://storage.example.org/", "bucket", ""),
        ] as [(String, String?, String, String)])
    func `a repository's URL is read`(text: String, endpoint: String?, bucket: String, prefix: String) throws {
        let location = try ObjectStoreLocation(text)
        #expect(location.endpoint?.text == endpoint && location.bucket == bucket && location.prefix == prefix)
        #expect(location.text == text)
    }

    @Test(arguments: [
        "bucket/a", "s3:/bucket", "s3://", "s3:///", "s3:///bucket", "s3://http:///bucket", "s3://ab", "s3://Bucket",
        "s3://-bucket", "s3://buc_ket",
        "s3://bucket/../a", "s3://bucket/./a", "s3://..", "s3://bucket/a\n", "s3://localhost:9000", "s3://https://",
        "s3://https://host", "s3://host:port/bucket", "s3://http://user:secret@host:9000/bucket", "s3://ho st:1/bucket",
        "s3://key:secret@bucket/a",
    ])
    func `what names no repository is refused`(text: String) {
        #expect(throws: ObjectStoreFault.self) { try ObjectStoreLocation(text) }
    }

    @Test func `a URL has a greatest length`() throws {
        let room = ObjectStoreLimits.urlByteCount - "s3://bucket/".utf8.count
        _ = try ObjectStoreLocation("s3://bucket/" + String(repeating: "x", count: room))
        #expect(throws: ObjectStoreFault.address("the URL has more than 2048 bytes")) {
            try ObjectStoreLocation("s3://bucket/" + String(repeating: "x", count: room + 1))
        }
    }

    /// - Source: Amazon S3 User Guide, "Virtual hosting of buckets".
    @Test(
        arguments: [
            ("s3://bucket", [:], "us-east-1", "https://bucket.s3.us-east-1.amazonaws.com", "/"),
            ("s3://my.bucket", [:], "eu-west-3", "https://s3.eu-west-3.amazonaws.com", "/my.bucket/"),
            ("s3://bucket", [:], "cn-north-1", "https://bucket.s3.cn-north-1.amazonaws.com.cn", "/"),
            ("s3://bucket", ["AWS_ENDPOINT_URL": "http://minio:9000/"], "a", "http://minio:9000", "/bucket/"),
            (
                "s3://bucket", ["AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "https://b"], "a", "https://b",
                "/bucket/"
            ),
            ("s3://h:1/bucket", ["AWS_ENDPOINT_URL": "http://minio:9000"], "a", "http://h:1", "/bucket/"),
        ] as [(String, [String: String], String, String, String)])
    func `buckets are addressed as their store wants`(
        text: String, variables: [String: String], region: String, origin: String, path: String
    ) throws {
        let endpoint = try ObjectStoreEndpoint(
            ObjectStoreLocation(text), ObjectStoreSettings(environment: variables), region: region)
        #expect("\(endpoint.isSecure ? "https" : "http")://\(endpoint.authority)" == origin)
        #expect(endpoint.target(key: "k").path == "\(path)k")
        #expect(endpoint.target(key: "").path == (path == "/" ? "/" : String(path.dropLast())))
    }

    @Test func `a store's URL with a path is refused`() throws {
        let settings = ObjectStoreSettings(environment: ["AWS_ENDPOINT_URL": "http://minio:9000/base"])
        #expect(throws: ObjectStoreFault.self) {
            try ObjectStoreEndpoint(ObjectStoreLocation("s3://bucket"), settings, region: "a")
        }
    }
}
