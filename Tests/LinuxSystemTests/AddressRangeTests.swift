import Testing

@testable import LinuxSystem

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "1.2.3.4", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("::/0", "1.2.3.4", false),
        ("192.0.2.128/25", "192.0.2.200", true), ("192.0.2.128/25", "192.0.2.127", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::/64", "2001:db8::ffff:1", true), ("2001:db8::/64", "2001:db8:0:1::", false),
        ("2001:db8::4/127", "2001:db8::5", true), ("2001:db8::4/127", "2001:db8::6", false), ("::1", "::1", true),
        ("::1/128", "::2", false),
    ])
    func `an address is in a range or not`(_ range: String, _ address: String, _ isIn: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(SocketAddress(address, port: 80))) == isIn)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8", "::1/129",
        "::1/64", "[::1]", "a", "10.0.0/8", " 10.0.0.0/8", "10.0.0.0/8 ",
    ])
    func `what is no range is refused`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func `an address is read from the bytes of another protocol`() {
        func address(_ bytes: [UInt8]) -> SocketAddress? { SocketAddress(networkBytes: bytes.span, port: 80) }
        #expect(address([203, 0, 113, 9]) == SocketAddress("203.0.113.9", port: 80))
        let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]
        #expect(address(six) == SocketAddress("2001:db8::7", port: 80))
        #expect(address(six.dropLast()) == nil && address([]) == nil)
    }

    @Test func `random bytes differ each time`() throws {
        let made = try (0..<50).map { _ in try RandomBytes.make(32) }
        #expect(Set(made).count == 50 && made.allSatisfy { $0.count == 32 })
        #expect(try RandomBytes.make(0).isEmpty)
    }
}
