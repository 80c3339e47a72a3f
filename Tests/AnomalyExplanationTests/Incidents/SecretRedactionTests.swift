import Testing

@testable import AnomalyExplanation

@Suite struct SecretRedactionTests {
    @Test(arguments: [
        ("password=hunter2 user=ann", "password=[redacted] user=ann"),
        ("{\"db_password\": \"a b,c\", \"x\": 1}", "{\"db_password\": \"[redacted]\", \"x\": 1}"),
        ("Authorization: Bearer abc.def-ghi next", "Authorization: Bearer [redacted] next"),
        ("sent Bearer 0123456789abcdef to the peer", "sent Bearer [redacted] to the peer"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key [redacted] used"),
        ("postgres://ann:s3cret@db:5432/x failed", "postgres://ann:[redacted]@db:5432/x failed"),
        ("{\\\"api_key\\\":\\\"k1\\\"}", "{\\\"api_key\\\":\\\"[redacted]\\\"}"),
        ("X-Api-Key: 42abc", "X-Api-Key: [redacted]"),
        ("secret=", "secret="), ("api_key=AK]AIOSFODNN7EXAMPLE", "api_key=[redacted]]AIOSFODNN7EXAMPLE"),
        ("api_key=[redacted]]AIOSFODNN7EXAMPLE", "api_key=[redacted]]AIOSFODNN7EXAMPLE"),
    ])
    func `secrets give way to a mark`(text: String, expected: String) {
        #expect(SecretRedaction.redacted(text) == expected)
    }

    @Test(arguments: [
        "token bucket is empty", "the password was wrong", "https://host:8080/path", "12 tokens in 3 s", "",
        "müde Größe", "connection to 10.0.0.1:5432 refused",
    ])
    func `ordinary text stays as it is`(text: String) {
        #expect(SecretRedaction.redacted(text) == text)
    }
}
