import CShims
import Glibc

/// An internet address of either family and a port.
package struct SocketAddress: Hashable, Sendable {
    /// The version of the internet protocol.
    package enum Family: Hashable, Sendable {
        case v4
        case v6
    }

    package let family: Family
    /// The port; 0 asks the kernel to choose.
    package let port: UInt16
    /// The first eight bytes of the address as the network sends them; of version 4 only the upper four count.
    let upper: UInt64
    let lower: UInt64
    /// The interface of a link-local address of version 6.
    let scope: UInt32

    /// Reads an address in its usual notation, of version 6 with or without brackets; no name is looked up.
    ///
    /// - Returns: nil if the text is no address.
    package init?(_ host: String, port: UInt16) {
        var text = host
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        var version4 = in_addr()
        var version6 = in6_addr()
        // The destinations have the sizes that the families demand.
        if unsafe inet_pton(AF_INET, text, &version4) == 1 {
            self.init(version4, port: port)
        } else if unsafe inet_pton(AF_INET6, text, &version6) == 1 {
            self.init(version6, port: port, scope: 0)
        } else {
            return nil
        }
    }

    /// This machine only, version 4.
    package static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(in_addr(s_addr: UInt32(0x7F00_0001).bigEndian), port: port)
    }

    private init(_ address: in_addr, port: UInt16) {
        family = .v4
        self.port = port
        upper = UInt64(UInt32(bigEndian: address.s_addr)) << 32
        lower = 0
        scope = 0
    }

    private init(_ address: in6_addr, port: UInt16, scope: UInt32) {
        family = .v6
        self.port = port
        let halves = unsafe unsafeBitCast(address, to: (UInt64, UInt64).self)
        upper = UInt64(bigEndian: halves.0)
        lower = UInt64(bigEndian: halves.1)
        self.scope = scope
    }

    /// Reads what the kernel has filled in; nil if it is of another family.
    init?(_ storage: sockaddr_storage) {
        // The storage is as large and as aligned as every address structure, and its family says which one it holds.
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: sockaddr_in.self) }
            self.init(address.sin_addr, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: sockaddr_in6.self) }
            self.init(
                address.sin6_addr, port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
        default: return nil
        }
    }

    /// Reads an address structure of any family.
    ///
    /// - Parameter byteCount: size of the structure, at most that of the largest.
    @unsafe
    init?(copying address: UnsafePointer<sockaddr>, byteCount: Int) {
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: byteCount))
        }
        self.init(storage)
    }

    /// Lends the address as system calls want it.
    func withKernelAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // Address structures begin with the same members, which is what the calls rely on.
        switch family {
        case .v4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr = in_addr(s_addr: UInt32(truncatingIfNeeded: upper >> 32).bigEndian)
            return unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            address.sin6_addr = unsafe unsafeBitCast((upper.bigEndian, lower.bigEndian), to: in6_addr.self)
            return unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }

    /// Whether the address stands for all interfaces.
    package var isAnyInterface: Bool { upper == 0 && lower == 0 }

    /// Whether only processes of this machine can have the address: 127.0.0.0/8, also mapped into version 6, and ::1.
    package var isLoopback: Bool {
        switch family {
        case .v4: upper >> 56 == 127
        case .v6: upper == 0 && (lower == 1 || lower >> 24 == 0xFFFF_7F)
        }
    }

    /// The address without the port, of version 6 without brackets.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case .v4:
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: upper >> 32).bigEndian)
            // The destination is as long as the longest address.
            unsafe _ = inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6:
            var address = unsafe unsafeBitCast((upper.bigEndian, lower.bigEndian), to: in6_addr.self)
            unsafe _ = inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The address as in a URL, for example `127.0.0.1:8000` or `[::1]:8000`.
    package var description: String {
        switch family {
        case .v4: "\(host):\(port)"
        case .v6: "[\(host)]:\(port)"
        }
    }
}
