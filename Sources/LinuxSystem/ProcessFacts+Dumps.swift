import CShims

/// Whether secrets in the memory of the process can leave it.
extension ProcessFacts {
    /// Whether the kernel may write a core dump, and other processes of the user may look into the memory.
    package static var isDumpable: Bool { rowan_is_dumpable() != 0 }

    /// Lets the kernel write no core dump, and no other process of the user read the memory.
    ///
    /// - Source: prctl(2), `PR_SET_DUMPABLE`; the call is refused only for values that it does not know.
    package static func refuseDumps() {
        precondition(rowan_be_undumpable() == 0, "the kernel knows this value")
    }
}
