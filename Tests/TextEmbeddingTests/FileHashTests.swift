import Testing

@testable import TextEmbedding

@Suite struct FileHashTests {
    // FIPS 180-4's examples, as published by NIST.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `hashes are those of the standard's examples`(_ text: String, _ hash: String) throws {
        #expect(try FileHash.sha256(of: Array(text.utf8).span) == hash)
    }
}
