import Testing

@testable import AccessControl

@Suite struct ExpectedSecretTests {
    @Test func `only the very text is the one`() {
        let secret = ExpectedSecret(Array("Secret".utf8))
        func equals(_ text: String) -> Bool { secret.equals(Array(text.utf8).span) }
        #expect(equals("Secret"))
        for text in ["", "secret", "Secre", "Secret2", "SecretSecret", "tecreS"] { #expect(!equals(text), "\(text)") }
    }
}
