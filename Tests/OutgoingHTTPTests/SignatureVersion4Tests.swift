import TestSupport
import Testing

@testable import OutgoingHTTP

/// Signatures equal botocore's, bit for bit.
///
/// `Fixtures/signatures.tsv` is written by `Tests/Conformance/signature_cases.py`, which a conformance test runs anew.
@Suite struct SignatureVersion4Tests {
    private struct Case {
        var region: String
        var token: String?
        var authority: String
        var target: RequestTarget
        var fields: [OutgoingRequest.Field]
        var escapedTarget: String
        var bodyHash: String
        var date: String
        var authorization: String
    }

    private static func cases() throws -> [Case] {
        try FixtureFile.text("signatures.tsv").split(separator: "\n").dropFirst(2).map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
            let query = cells[4].split(separator: "\u{1f}").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return RequestTarget.Parameter(String(parts[0]), String(parts[1]))
            }
            return Case(
                region: cells[0], token: cells[1].isEmpty ? nil : cells[1], authority: cells[2],
                target: RequestTarget(path: cells[3], query: query),
                fields: cells[5].isEmpty ? [] : [.init("If-Match", cells[5])], escapedTarget: cells[6],
                bodyHash: cells[7], date: cells[8], authorization: cells[9])
        }
    }

    /// 2026-02-28T23:59:58Z by `date --date=… +%s`.
    private static let seconds: Int64 = 1_772_323_198

    @Test func `every request is signed as botocore signs it`() throws {
        let cases = try Self.cases()
        #expect(cases.count == 180)
        for each in cases {
            let signer = SignatureVersion4(
                .init(
                    accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                    sessionToken: each.token), region: each.region)
            let fields = try signer.fields(
                signing: .get, each.target, authority: each.authority, fields: each.fields, seconds: Self.seconds)
            let byName = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
            #expect(byName["Authorization"] == each.authorization, "\(each.target)")
            #expect(byName["x-amz-date"] == each.date && byName["x-amz-content-sha256"] == each.bodyHash)
            #expect(byName["x-amz-security-token"] == each.token)
        }
    }

    @Test func `every target is escaped as botocore escapes it`() throws {
        for each in try Self.cases() {
            let parts = each.escapedTarget.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            #expect(each.target.escapedPath == parts[0])
            // botocore sends the parameters in another order than it signs them.
            let query = parts.count > 1 ? parts[1].split(separator: "&").sorted().joined(separator: "&") : ""
            #expect(each.target.escapedQuery == query)
        }
    }

    /// - Source: `date --utc --date=@SECONDS +%Y%m%dT%H%M%SZ` of GNU coreutils.
    @Test(arguments: [
        (Int64(0), "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
        (951_868_800, "20000301T000000Z"), (1_709_210_096, "20240229T123456Z"), (1_735_689_599, "20241231T235959Z"),
        (1_735_689_600, "20250101T000000Z"), (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"),
        (253_402_300_799, "99991231T235959Z"),
    ])
    func `a time is a date of the calendar`(seconds: Int64, text: String) {
        #expect(SignatureVersion4.timestamp(seconds) == text)
    }

    /// - Source: FIPS 180-4's example "abc"; RFC 4231, test case 2.
    @Test func `hashes are those of the standards`() throws {
        let hash = try SHA256Digest(of: Array("abc".utf8)).hexadecimal
        #expect(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let keyed = try SHA256Digest(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(keyed.hexadecimal == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
