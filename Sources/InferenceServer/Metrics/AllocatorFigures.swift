/// What the allocator says about the memory of the process.
///
/// - Units: bytes.
package struct AllocatorFigures: Sendable {
    /// Memory that the program has asked for and not given back.
    package var allocated: UInt64
    /// Pages that hold any of it; what exceeds `allocated` is lost to fragmentation.
    package var active: UInt64
    /// Physical memory that the allocator holds, its own records and pages kept for later included.
    package var resident: UInt64

    /// Figures taken at one moment.
    package init(allocated: UInt64, active: UInt64, resident: UInt64) {
        self.allocated = allocated
        self.active = active
        self.resident = resident
    }
}
