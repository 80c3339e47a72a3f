import Glibc
import LinuxSystem

/// A blocking TCP client for tests over real sockets.
final class TestClient {
    private let number: Int32

    init?(_ address: SocketAddress) {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = address.port.bigEndian
        target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // The structure is an internet address of the size that is given.
        let result = unsafe withUnsafePointer(to: &target) { target in
            unsafe target.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            close(number)
            return nil
        }
    }

    deinit { close(number) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            // The kernel reads the array during the call.
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return }
            sent += count
        }
    }

    /// Receives until `count` bytes are there or the server ends.
    func receive(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            // The rest of the array has room for what is asked for.
            let number = unsafe bytes.withUnsafeMutableBytes {
                unsafe recv(self.number, $0.baseAddress.map { unsafe $0 + received }, $0.count - received, 0)
            }
            if number <= 0 { break }
            received += number
        }
        return Array(bytes[..<received])
    }

    func finishSending() { shutdown(number, Int32(SHUT_WR)) }

    /// Makes closing send a reset instead of an end.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        // The option's value is a `linger`.
        unsafe _ = setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
