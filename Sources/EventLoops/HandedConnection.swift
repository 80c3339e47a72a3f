import LinuxSystem
import Synchronization

/// A connection on its way from the loop that has accepted it to the loop that serves it.
///
/// - Ownership: whoever takes the descriptor owns it; if nobody does, it is closed with this.
/// - Isolation: any thread; the lock hands the descriptor over and is never contended.
final class HandedConnection: Sendable {
    let peer: SocketAddress
    /// Which of a loop's listeners has accepted it; the same number means the same port on every loop.
    let listenerIndex: Int
    private let descriptor: Mutex<Descriptor?>

    init(_ descriptor: consuming Descriptor, peer: SocketAddress, listenerIndex: Int) {
        self.peer = peer
        self.listenerIndex = listenerIndex
        self.descriptor = Mutex(descriptor)
    }

    /// Takes the descriptor; nil after the first time.
    func take() -> Descriptor? {
        descriptor.withLock { $0.take() }
    }
}
