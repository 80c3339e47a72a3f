import CShims
import Glibc

extension LinuxKernel {
    /// Makes the socket, sets its options, binds it and listens: socket(2), setsockopt(2), bind(2), listen(2).
    package func listen(at address: SocketAddress, backlog: Int) throws(SystemError) -> Descriptor {
        let family = address.family == .v4 ? AF_INET : AF_INET6
        let flags = rowan_sock_stream | rowan_sock_nonblock | rowan_sock_cloexec
        let number = socket(family, flags, 0)
        if number < 0 { throw SystemError(failed: "socket") }
        let listener = Descriptor(owning: number, from: self)
        try setOption(listener, SOL_SOCKET, SO_REUSEADDR)
        try setOption(listener, SOL_SOCKET, SO_REUSEPORT)
        // Accepted sockets inherit the option, which saves a call for each.
        try setOption(listener, rowan_ipproto_tcp, TCP_NODELAY)
        let bound = unsafe address.withKernelAddress { unsafe bind(number, $0, $1) }
        if bound < 0 { throw SystemError(failed: "bind") }
        if Glibc.listen(number, Int32(clamping: backlog)) < 0 { throw SystemError(failed: "listen") }
        return listener
    }

    private func setOption(_ socket: borrowing Descriptor, _ level: Int32, _ name: Int32) throws(SystemError) {
        var on: Int32 = 1
        // The option's value is an `int`.
        if unsafe setsockopt(socket.number, level, name, &on, socklen_t(MemoryLayout<Int32>.size)) < 0 {
            throw SystemError(failed: "setsockopt")
        }
    }

    /// Asks getsockname(2).
    package func localAddress(of socket: borrowing Descriptor) throws(SystemError) -> SocketAddress {
        let number = socket.number
        var storage = sockaddr_storage()
        let result = unsafe withKernelStorage(&storage) { unsafe getsockname(number, $0, $1) }
        if result < 0 { throw SystemError(failed: "getsockname") }
        guard let address = SocketAddress(storage) else {
            preconditionFailure("the socket is of the internet families")
        }
        return address
    }

    /// Calls accept4(2) until it is not interrupted; what is wrong with one connection is not taken for the listener's.
    package func accept(from listener: borrowing Descriptor) -> AcceptOutcome {
        let listening = listener.number
        var storage = sockaddr_storage()
        while true {
            let number = unsafe withKernelStorage(&storage) { unsafe rowan_accept(listening, $0, $1) }
            if number >= 0 {
                let connection = Descriptor(owning: number, from: self)
                guard let peer = SocketAddress(storage) else { return .lostConnection }
                return .accepted(connection, peer: peer)
            }
            switch errno {
            case EAGAIN: return .wouldBlock
            case EINTR: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(SystemError(failed: "accept4"))
            default:
                // Errors that wait on the new connection are reported by accept(2) and concern only that one.
                _ = SystemError(failed: "accept4")
                return .lostConnection
            }
        }
    }

    /// Attaches a filter that drops every SYN.
    package func refuseNewConnections(at listener: borrowing Descriptor) {
        // Without the filter a connection may still arrive between the last accept and the close, no more.
        _ = rowan_drop_new_handshakes(listener.number)
    }

    /// Calls recv(2) until it is not interrupted.
    package func receive(
        from socket: borrowing Descriptor, into buffer: inout ByteBuffer, limit: Int
    ) -> ReceiveOutcome {
        precondition(limit > 0, "nothing was asked for, so nothing arrived would mean the end")
        let number = socket.number
        while true {
            // The buffer gives at least `limit` bytes of room.
            let count = unsafe buffer.append(limit: limit) { unsafe recv(number, $0.baseAddress, limit, 0) }
            if count > 0 { return .received(count) }
            if count == 0 { return .ended }
            switch errno {
            case EAGAIN: return .wouldBlock
            case EINTR: continue
            default: return .failed(SystemError(failed: "recv"))
            }
        }
    }

    /// Calls send(2) for one run of bytes and sendmsg(2) for several.
    package func send(
        to socket: borrowing Descriptor, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> SendOutcome {
        let number = socket.number
        while true {
            let count: Int
            if second.isEmpty && third.isEmpty {
                // The kernel reads the span during the call.
                count = unsafe first.withUnsafeBufferPointer {
                    unsafe Glibc.send(number, $0.baseAddress, $0.count, rowan_msg_nosignal)
                }
            } else {
                count = gather(number, first, second, third)
            }
            if count >= 0 { return .sent(count) }
            switch errno {
            case EAGAIN: return .wouldBlock
            case EINTR: continue
            default: return .failed(SystemError(failed: "send"))
            }
        }
    }

    private func gather(
        _ number: Int32, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> Int {
        // The kernel reads the three spans during the call, and only reads.
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe third.withUnsafeBufferPointer { third in
                    var parts = unsafe (
                        iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
                        iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count),
                        iovec(iov_base: UnsafeMutableRawPointer(mutating: third.baseAddress), iov_len: third.count)
                    )
                    return unsafe withUnsafeMutablePointer(to: &parts) { parts in
                        unsafe parts.withMemoryRebound(to: iovec.self, capacity: 3) { parts in
                            var message = unsafe msghdr()
                            unsafe message.msg_iov = parts
                            unsafe message.msg_iovlen = 3
                            return unsafe sendmsg(number, &message, rowan_msg_nosignal)
                        }
                    }
                }
            }
        }
    }

    /// Calls shutdown(2) for the sending half.
    package func finishSending(to socket: borrowing Descriptor) {
        // It fails only if the connection is gone, which the next receive reports.
        _ = shutdown(socket.number, rowan_shut_wr)
    }

    private func withKernelStorage(
        _ storage: inout sockaddr_storage,
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // The storage is made to be filled as any address structure of at most `size` bytes.
        return unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &size) }
        }
    }
}
