import CShims
import Glibc
import Synchronization

/// A thread of the process.
///
/// - Isolation: any thread may hold the value; `join` is called once.
package final class SystemThread: Sendable {
    private let handle: pthread_t
    private let isJoined = Atomic(false)

    /// How the kernel should treat the thread.
    package enum Priority: Sendable {
        /// Like every other thread.
        case normal
        /// Yields to threads that answer somebody: a lower share and long turns (`SCHED_BATCH`).
        case background
        /// Runs when nobody else wants the processor (`SCHED_IDLE`).
        case idle
    }

    /// Starts a thread that runs `body` and ends with it.
    ///
    /// - Parameter name: shown by tools; the kernel keeps 15 bytes.
    /// - Parameter processor: the only processor that the thread may use; nil leaves the choice to the kernel.
    package init(
        name: String, priority: Priority = .normal, processor: Int? = nil, body: sending @escaping () -> Void
    ) throws(SystemError) {
        let start = ThreadStart(name: name, priority: priority, processor: processor, body: body)
        let argument = unsafe Unmanaged.passRetained(start)
        var handle = pthread_t()
        // The new thread takes over the reference that was retained for it.
        let result = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { preconditionFailure("the thread has an argument") }
                let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                start.run()
                return nil
            }, argument.toOpaque())
        if result != 0 {
            // No thread was made, so the reference is still ours.
            unsafe argument.release()
            throw SystemError("pthread_create", number: result)
        }
        self.handle = handle
    }

    /// Lets another thread have the processor, if one waits for it.
    package static func yield() { _ = sched_yield() }

    /// Waits until the thread has ended.
    ///
    /// - Precondition: not called before.
    package func join() {
        let wasJoined = isJoined.exchange(true, ordering: .relaxed)
        precondition(!wasJoined, "a thread was joined twice")
        _ = pthread_join(handle, nil)
    }

    deinit {
        if !isJoined.load(ordering: .relaxed) { pthread_detach(handle) }
    }
}

/// What a new thread does before it runs its body.
private final class ThreadStart {
    private let name: String
    private let priority: SystemThread.Priority
    private let processor: Int?
    private let body: () -> Void

    init(name: String, priority: SystemThread.Priority, processor: Int?, body: @escaping () -> Void) {
        self.name = name
        self.priority = priority
        self.processor = processor
        self.body = body
    }

    func run() {
        // The name, the processor and the priority are wishes; the thread does its work without them.
        unsafe _ = rowan_set_thread_name(name)
        if let processor { _ = rowan_use_processor(Int32(processor)) }
        switch priority {
        case .normal: _ = rowan_set_timer_slack(1)
        case .background: _ = rowan_be_background()
        case .idle: _ = rowan_be_idle()
        }
        body()
    }
}
