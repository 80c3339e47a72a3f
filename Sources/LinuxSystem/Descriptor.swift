/// An open file descriptor with one owner, closed when the owner lets go of it.
///
/// - Ownership: the number is valid as long as this value lives.
package struct Descriptor: ~Copyable, Sendable {
    /// The number by which the kernel knows the descriptor.
    package let number: Int32
    private let kernel: any KernelCalls

    /// Takes ownership of an open descriptor that `kernel` has handed out.
    package init(owning number: Int32, from kernel: any KernelCalls) {
        precondition(number >= 0, "a descriptor's number is not negative")
        self.number = number
        self.kernel = kernel
    }

    deinit { kernel.close(number) }
}
