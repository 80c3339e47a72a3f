package import LinuxSystem

/// A thread that runs one event loop.
///
/// The loop and everything on it are made by a function that runs in the thread and never leave it. What other
/// threads need, such as mailboxes, is what that function returns.
///
/// - Isolation: any thread.
package final class EventLoopThread: Sendable {
    private enum Order: Sendable {
        case stop
    }

    private let thread: SystemThread
    private let orders: Mailbox<Order>

    private init(thread: SystemThread, orders: Mailbox<Order>) {
        self.thread = thread
        self.orders = orders
    }

    /// What is known once a thread's loop is about to run.
    package struct Started<Ready: Sendable>: Sendable {
        package let thread: EventLoopThread
        /// What the set-up function returned.
        package let ready: Ready
    }

    /// Starts a thread, makes a loop in it, sets it up and runs it until `stop`.
    ///
    /// - Parameter name: shown by tools; the kernel keeps 15 bytes.
    /// - Parameter processor: the only processor that the thread may use; nil leaves the choice to the kernel.
    /// - Parameter priority: how the kernel should treat the thread.
    /// - Parameter member: whom the loop shares connections and their limit with.
    /// - Parameter setUp: runs in the thread before the loop; makes listeners, mailboxes and observers.
    /// - Returns: after `setUp` has returned.
    /// - Throws: what `setUp` threw, or what the kernel refused; the thread has ended then.
    package static func start<Ready: Sendable>(
        name: String, processor: Int? = nil, priority: SystemThread.Priority = .normal,
        member: LoopGroup.Member = LoopGroup.alone(),
        setUp: @escaping @Sendable (EventLoop) throws(SystemError) -> Ready
    ) throws(SystemError) -> Started<Ready> {
        let orders = try Mailbox<Order>()
        let handover = Handover<Result<Ready, SystemError>>()
        let thread = try SystemThread(name: name, priority: priority, processor: processor) {
            do throws(SystemError) {
                let loop = try EventLoop(member: member)
                try loop.attach(orders) { _, loop in loop.stop() }
                let ready = try setUp(loop)
                handover.give(.success(ready))
                loop.run()
            } catch {
                handover.give(.failure(error))
            }
        }
        switch handover.take() {
        case .success(let ready):
            return Started(thread: EventLoopThread(thread: thread, orders: orders), ready: ready)
        case .failure(let error):
            thread.join()
            throw error
        }
    }

    /// Makes the loop end after its current tick; connections that are open then are closed.
    package func stop() { orders.send(.stop) }

    /// Waits until the thread has ended.
    ///
    /// - Precondition: not called before.
    package func join() { thread.join() }
}
