package import LinuxSystem

extension EventLoop {
    /// Receives news about directories until the loop ends.
    ///
    /// - Parameter receive: told what has changed since the last call.
    package func attach(
        _ changes: DirectoryChanges, receive: @escaping ([DirectoryChanges.Change], EventLoop) -> Void
    ) throws(SystemError) {
        _ = try watch(changes.descriptor, for: [.input], handler: DirectoryChangeReceiver(changes, receive))
    }
}

/// The loop's side of a source of news.
private final class DirectoryChangeReceiver: ReadinessHandler {
    private let changes: DirectoryChanges
    private let receive: ([DirectoryChanges.Change], EventLoop) -> Void

    init(_ changes: DirectoryChanges, _ receive: @escaping ([DirectoryChanges.Change], EventLoop) -> Void) {
        self.changes = changes
        self.receive = receive
    }

    func ready(on loop: EventLoop) {
        receive(changes.take(), loop)
    }
}
