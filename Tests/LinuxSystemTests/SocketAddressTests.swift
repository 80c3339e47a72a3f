import Testing

@testable import LinuxSystem

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("192.168.1.200", "192.168.1.200:80"),
        ("::1", "[::1]:80"), ("[::]", "[::]:80"), ("2001:db8::ff00:42:8329", "[2001:db8::ff00:42:8329]:80"),
        ("::ffff:10.0.0.1", "[::ffff:10.0.0.1]:80"),
    ])
    func `an address is written as it was read`(_ text: String, _ written: String) throws {
        let address = try #require(SocketAddress(text, port: 80))
        #expect(address.description == written)
        #expect(address.port == 80)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", "::g", "[::1", "1.2.3.4 ", "::1%lo"])
    func `what is no address is refused`(_ text: String) {
        #expect(SocketAddress(text, port: 80) == nil)
    }

    @Test func `all interfaces are recognised in both versions`() throws {
        #expect(try #require(SocketAddress("0.0.0.0", port: 1)).isAnyInterface)
        #expect(try #require(SocketAddress("::", port: 1)).isAnyInterface)
        #expect(!SocketAddress.loopback(port: 1).isAnyInterface)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.9", true), ("128.0.0.1", false), ("0.0.0.0", false), ("::1", true),
        ("::2", false), ("::", false), ("::ffff:127.0.0.1", true), ("::ffff:10.0.0.1", false), ("::127.0.0.1", false),
        ("1::1", false),
    ])
    func `an address of this machine alone is recognised`(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(SocketAddress(text, port: 1)).isLoopback == isLoopback)
    }

    @Test(arguments: ["10.1.2.3", "2001:db8::7"])
    func `the kernel's form and back is the same address`(_ text: String) throws {
        let address = try #require(SocketAddress(text, port: 4711))
        let back = unsafe address.withKernelAddress { unsafe SocketAddress(copying: $0, byteCount: Int($1)) }
        #expect(back == address)
    }
}
