import LinuxSystem
import Testing

@testable import EventLoops

@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    private static func header(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
    }

    private static func read(_ bytes: [UInt8]) -> ProxyHeader.Outcome { ProxyHeader.bytesReceived(bytes.span) }

    /// 192.0.2.7:56324 → 192.0.2.1:443, as the specification lays it out.
    private static let version4 = header(0x21, 0x11, [192, 0, 2, 7, 192, 0, 2, 1, 0xDC, 0x04, 0x01, 0xBB])
    private static let version6 = header(
        0x21, 0x21,
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 15)
            + [1, 0xDC, 0x04, 0x01, 0xBB])

    @Test func `addresses of both versions are read`() {
        let four = ProxyHeader(source: SocketAddress("192.0.2.7", port: 56_324))
        #expect(Self.read(Self.version4) == .completed(four, byteCount: 28))
        let six = ProxyHeader(source: SocketAddress("2001:db8::7", port: 56_324))
        #expect(Self.read(Self.version6) == .completed(six, byteCount: 52))
    }

    @Test func `what else a proxy tells is passed over`() {
        var bytes = Self.version4 + [0x04, 0, 3, 1, 2, 3]
        bytes[15] += 6
        #expect(
            Self.read(bytes) == .completed(ProxyHeader(source: SocketAddress("192.0.2.7", port: 56_324)), byteCount: 34)
        )
    }

    @Test func `a proxy's own connection and other kinds of sockets have no source`() {
        for (command, family) in [(0x20, 0x11), (0x20, 0x00), (0x21, 0x00), (0x21, 0x31), (0x21, 0x12)] {
            let bytes = Self.header(UInt8(command), UInt8(family), [UInt8](repeating: 9, count: 20))
            #expect(Self.read(bytes) == .completed(ProxyHeader(source: nil), byteCount: 36), "\(command) \(family)")
        }
        #expect(Self.read(Self.header(0x20, 0, [])) == .completed(ProxyHeader(source: nil), byteCount: 16))
    }

    @Test func `a header that is cut at any byte asks for what is missing and no more`() {
        for header in [Self.version4, Self.version6, Self.header(0x20, 0, [])] {
            for count in header.indices {
                guard case .needed(let more) = Self.read(Array(header[..<count])) else {
                    Issue.record("\(count) bytes are not enough")
                    continue
                }
                #expect(more >= 1 && count + more <= header.count)
            }
        }
    }

    @Test func `faults are told apart`() {
        let table: [([UInt8], ProxyHeaderFault)] = [
            (Array("GET / HTTP/1.1".utf8), .missing), (Array("POST / HTTP/1.1".utf8), .missing),
            (Array("PROXY TCP4 1.1.1.1".utf8), .olderVersion),
            (Array(Self.signature.dropLast()) + [0], .missing), ([0x16], .missing),
            (Self.header(0x11, 0x11, []), .unknownCommand), (Self.header(0x22, 0x11, []), .unknownCommand),
            (Self.header(0x21, 0x13, []), .unknownCommand), (Self.header(0x21, 0x51, []), .unknownCommand),
            (Self.header(0x21, 0x11, [UInt8](repeating: 0, count: 11)), .tooShort),
            (Self.header(0x21, 0x21, [UInt8](repeating: 0, count: 35)), .tooShort),
        ]
        for (bytes, fault) in table { #expect(Self.read(bytes) == .faulted(fault), "\(fault)") }
        #expect(Set(ProxyHeaderFault.allCases.map(\.rawValue)).count == ProxyHeaderFault.allCases.count)
    }

    @Test func `the length of a header is limited`() {
        let most = EventLoopsLimits.proxyAddressByteCount
        let longest = Self.header(0x20, 0, [UInt8](repeating: 0, count: most))
        #expect(Self.read(longest) == .completed(ProxyHeader(source: nil), byteCount: 16 + most))
        let beginning = Array(Self.header(0x20, 0, [UInt8](repeating: 0, count: most + 1)).prefix(16))
        #expect(Self.read(beginning) == .faulted(.tooLong), "before anything of it is received")
        #expect(EventLoopsLimits.proxyHeaderTime == .seconds(5))
    }
}
