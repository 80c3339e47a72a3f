@testable import HTTPConnections
import Testing

@Suite struct ASCIITests {
    @Test func `classes hold exactly their bytes`() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        let token = Set(bytes(letters + "!#$%&'*+-.^_`|~"))
        let host = Set(bytes(letters + "-._~%!$&'()*+,;=:[]"))
        let hexadecimal = bytes("0123456789abcdef")
        for byte in UInt8.min...UInt8.max {
            #expect(ASCII.isTokenByte(byte) == token.contains(byte))
            #expect(ASCII.isHostByte(byte) == host.contains(byte))
            #expect(ASCII.isDigit(byte) == bytes("0123456789").contains(byte))
            #expect(ASCII.isBlank(byte) == (byte == 32 || byte == 9))
            let lower = bytes(text([byte]).lowercased())
            #expect(ASCII.lowercased(byte) == (byte < 128 ? lower[0] : byte))
            let digit = hexadecimal.firstIndex(of: ASCII.lowercased(byte)).map { UInt8($0) }
            #expect(ASCII.hexadecimalDigit(byte) == digit)
        }
    }

    @Test func `decimal numbers are read up to the largest`() {
        for (digits, number) in [
            ("0", 0), ("00", 0), ("999999999999999999", 999_999_999_999_999_999), ("9223372036854775807", Int.max),
            ("0000000000000000000000000012", 12), ("9223372036854775808", nil), ("99999999999999999999", nil),
            ("", nil), (" 1", nil), ("1 ", nil), ("1a", nil), ("/", nil), (":", nil), ("111111111111111111111x", nil),
        ] as [(String, Int?)] {
            #expect(ASCII.decimal(bytes(digits).span) == number, "\(digits)")
        }
    }
}
